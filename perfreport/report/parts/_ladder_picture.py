"""The steps of improvement as bars: the limit, the lag and the drain time, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.figure import Bar, BarChart, BarPanel
from perfreport.model.forecast import Bound, ForecastQuantity
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report.parts._ladder import step_name
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.forecast import Forecast, Ladder
    from perfreport.model.message import Message

_DRAWN = (
    ForecastQuantity.THROUGHPUT_LIMIT,
    ForecastQuantity.KAFKA_LAG_MAX,
    ForecastQuantity.KAFKA_DRAIN_TIME,
)


def before_after(test: TestAnalysis, name: str) -> BarChart | None:
    """Return a panel per quantity that some step changes; None where there is none."""
    panels: list[BarPanel] = []
    for quantity in _DRAWN:
        bars = tuple(_bars(test.ladder, quantity))
        if len(bars) > 1:
            title = message(f"forecast.quantity.{quantity.value.replace('_', '-')}")
            unit = next(found.unit for step in test.ladder.steps if (found := step.find(quantity)))
            panels.append(BarPanel(title, unit, bars))
    if not panels:
        return None
    first, last = panels[0].bars[0], panels[0].bars[-1]
    alt = message(
        "figure.before-after.alt",
        test=name_of(test.grade),
        quantity=panels[0].title,
        before=first.told,
        step=last.name,
        after=last.told,
    )
    title = message("figure.before-after.title", test=name_of(test.grade))
    return BarChart(name, title, alt, tuple(panels))


def _bars(ladder: Ladder, quantity: ForecastQuantity) -> Iterator[Bar]:
    for step in ladder.steps:
        found = step.find(quantity)
        if found is not None:
            told = _told(found, None if step.horizon is None else ladder.gain(step, quantity))
            whisker = found.interval if found.interval[0] < found.interval[1] else None
            strong = step.horizon is not None
            yield Bar(step_name(step), found.value, told, whisker, strong=strong)


def _told(found: Forecast, gain: float | None) -> Message:
    value: Quantity | Message = Quantity(found.value, found.unit)
    if found.bound is Bound.AT_LEAST:
        value = message("forecast.at-least", value=value)
    if gain is None:
        return message("figure.before-after.value", value=value)
    share = Quantity(gain, Unit.RATIO)
    return message("figure.before-after.changed", value=value, gain=share)
