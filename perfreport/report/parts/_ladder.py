"""The steps of improvement as tables: a row per step, a column per size that anything tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid
from perfreport.model.forecast import Bound, ForecastQuantity
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit, count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.finding import Cell
    from perfreport.model.forecast import Change, Forecast, Ladder, Step

    Column = tuple[str, Callable[[Step], Cell]]

LIMIT = ForecastQuantity.THROUGHPUT_LIMIT
_LAGS = (
    ("rate", ForecastQuantity.KAFKA_CONSUME_RATE),
    ("lag", ForecastQuantity.KAFKA_LAG_MAX),
    ("drain", ForecastQuantity.KAFKA_DRAIN_TIME),
)
_TELLING = 0.005  # of today's limit: a load that reaches no limit shows no gain either
# Changes that no column of sizes shows.
_NAMED = {
    "transaction.remote-call": "remote-call",
    "kafka.consumer.batch": "batch",
    "hikaricp.connection-timeout": "patience",
    "transaction.row-lock": "row-lock",
}


def limits(ladder: Ladder) -> Grid | None:
    """The limit at every step; None where no step's limit is computed and no size changes."""
    today, *later = ladder.steps
    told = any(step.find(LIMIT) for step in later)
    of_consumers = any(step.find(ForecastQuantity.KAFKA_LAG_MAX) for step in later)
    resized = any(step.setup != today.setup for step in later)
    if not told and (of_consumers or not resized):
        return None
    columns: list[Column] = [
        ("step", step_name),
        ("pool", lambda step: step.setup.pool),
        ("threads", lambda step: step.setup.threads),
        ("heap", lambda step: _bytes(step.setup.heap)),
        ("partitions", lambda step: step.setup.partitions),
        ("replicas", lambda step: step.setup.replicas),
        ("further", _further),
        ("limit", lambda step: _figure(ladder, step, LIMIT)),
        ("interval", lambda step: _interval(step.find(LIMIT))),
        ("gain", lambda step: _gain(ladder, step)),
    ]
    always = {"step", "pool", "heap", "partitions", "limit", "gain"}
    return _grid(ladder.steps, columns, always)


def lags(ladder: Ladder) -> Grid | None:
    """Lag and drain time at every step; None where no step changes them."""
    if not any(step.find(ForecastQuantity.KAFKA_LAG_MAX) for step in ladder.steps[1:]):
        return None
    columns: list[Column] = [
        ("step", step_name),
        ("partitions", lambda step: step.setup.partitions),
        ("consumers", lambda step: step.setup.consumers),
        ("further", _further),
    ]
    columns += [
        (name, lambda step, quantity=quantity: _figure(ladder, step, quantity))  # type: ignore[misc]
        for name, quantity in _LAGS
    ]
    return _grid(ladder.steps, columns, {"step", "partitions", *(name for name, _ in _LAGS)})


def step_name(step: Step) -> Message:
    """Return what a step is called."""
    return message(f"forecast.step.{'now' if step.horizon is None else step.horizon.value}")


def _grid(steps: Sequence[Step], columns: Sequence[Column], always: set[str]) -> Grid:
    """Leave out a size that nothing tells, and one beside the usual that no step changes."""
    cells = {name: [cell(step) for step in steps] for name, cell in columns}
    kept = [
        name
        for name, _ in columns
        if any(cell is not None for cell in cells[name])
        and (name in always or len(set(cells[name])) > 1)
    ]
    headings = tuple(message(f"forecast.column.{name}") for name in kept)
    return Grid(headings, tuple(zip(*(cells[name] for name in kept), strict=True)))


def _bytes(heap: float | None) -> Cell:
    return None if heap is None else Quantity(heap, Unit.BYTES)


def _further(step: Step) -> Cell:
    """Changes up to this step that no column of sizes shows."""
    said = dict.fromkeys(
        word for change in step.outlook.changes if (word := _word(change)) is not None
    )
    return message("report.listed", items=tuple(said)) if said else None


def _word(change: Change) -> Message | None:
    if change.name.startswith("index:"):
        return message("forecast.further.index")
    if change.name.startswith("batch:"):
        return message("forecast.further.statements")
    word = _NAMED.get(change.name)
    if word is None:
        return None
    if word in {"remote-call", "row-lock"}:
        return message(f"forecast.further.{word}")
    if word == "batch":
        return message("forecast.further.batch", size=count(float(change.value)))
    return message("forecast.further.patience", time=Quantity(float(change.value), Unit.SECONDS))


def _figure(ladder: Ladder, step: Step, quantity: ForecastQuantity) -> Cell:
    found = step.find(quantity)
    if found is None:
        return message("forecast.not-computed") if step in ladder.steps[1:] else None
    value = Quantity(found.value, found.unit)
    return message("forecast.at-least", value=value) if found.bound is Bound.AT_LEAST else value


def _interval(found: Forecast | None) -> Cell:
    if found is None or found.interval[0] == found.interval[1]:
        return None
    low, high = (Quantity(end, found.unit) for end in found.interval)
    return message("forecast.interval", low=low, high=high)


def _gain(ladder: Ladder, step: Step) -> Cell:
    gain = None if step.horizon is None else ladder.gain(step, LIMIT)
    found = step.find(LIMIT)
    at_least = found is not None and found.bound is Bound.AT_LEAST
    if gain is None or (at_least and gain < _TELLING):
        return None
    share = Quantity(gain, Unit.RATIO)
    return message(f"forecast.gain{'-at-least' if at_least else ''}", share=share)
