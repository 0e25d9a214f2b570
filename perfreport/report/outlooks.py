"""Forecasts as JSON values and as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.forecast import Bound
from perfreport.model.message import message
from perfreport.model.report import FORMAT_VERSION
from perfreport.model.units import Quantity, Unit
from perfreport.report.plain import Object, number, tags, words
from perfreport.settings.catalogue import known_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.model.configuration import SettingValue
    from perfreport.model.forecast import Change, Forecast, Outlook
    from perfreport.model.message import Message


_INDEX, _TOGETHER, _REMOTE_CALL = "index:", "batch:", "transaction.remote-call"
_ROW_LOCK = "transaction.row-lock"
_REPLICAS, _BATCH = "app.replicas", "kafka.consumer.batch"


def as_json(outlooks: Sequence[Outlook]) -> Object:
    """What `perfreport forecast --format json` prints."""
    return {
        "format": FORMAT_VERSION,
        "forecasts": forecasts(outlooks),
        "refusals": refusals(outlooks),
    }


def forecasts(outlooks: Sequence[Outlook]) -> list[Object]:
    """Every predicted figure, and what each resource could bear, with the changes it is for."""
    return [
        {
            "test": outlook.test_id,
            "scenario": _scenario(outlook),
            "changes": _changes(outlook),
            "quantity": one.quantity.value,
            "where": tags(one.where),
            "baseline": number(one.baseline),
            "value": number(one.value),
            "interval": [number(end) for end in one.interval],
            "unit": one.unit.value,
            "bound": one.bound.value,
            "formula": words(one.formula),
            "assumptions": [words(entry) for entry in one.assumptions],
        }
        for outlook in outlooks
        for one in (*outlook.forecasts, *outlook.bounds)
    ]


def refusals(outlooks: Sequence[Outlook]) -> list[Object]:
    """What is not predicted, and why."""
    return [
        {
            "test": outlook.test_id,
            "scenario": _scenario(outlook),
            "changes": _changes(outlook),
            "quantity": None if one.quantity is None else one.quantity.value,
            "reason": words(one.reason),
        }
        for outlook in outlooks
        for one in outlook.refusals
    ]


def figure(one: Forecast) -> Message:
    """A predicted figure in one phrase: from what to what, within which interval."""
    return message(
        "forecast.figure", before=_measured(one), after=_value(one), interval=_interval(one)
    )


def remarks(outlook: Outlook) -> list[tuple[Message | None, Message]]:
    """Sentences about an outlook, each with its label."""
    said: list[tuple[Message | None, Message]] = [(None, note) for note in outlook.notes]
    if outlook.next_bottleneck is not None:
        said.append((None, outlook.next_bottleneck))
    if outlook.bounds:
        bounds = tuple(_resource(one) for one in outlook.bounds)
        said.append((None, message("forecast.bounds", bounds=bounds)))
    formulas = dict.fromkeys(one.formula for one in outlook.forecasts)
    assumed = dict.fromkeys(entry for one in outlook.forecasts for entry in one.assumptions)
    said += [(message("forecast.formula.label"), one) for one in formulas]
    said += [(message("forecast.assumption.label"), one) for one in assumed]
    reasons = dict.fromkeys(one.reason for one in outlook.refusals)
    said += [(message("forecast.refusal.label"), one) for one in reasons]
    return said


def _resource(one: Forecast) -> Message:
    station = message(f"forecast.station.{dict(one.where)['resource']}")
    return message("forecast.bound", station=station, limit=Quantity(one.value, one.unit))


def sentences(outlooks: Iterable[Outlook]) -> list[Message]:
    """The outlooks for a terminal, one line per figure."""
    said: list[Message] = []
    for outlook in outlooks:
        said.append(
            message("forecast.line.plan", test=outlook.test_id, changes=plan(outlook.changes))
        )
        said += [
            message(
                "forecast.line.figure",
                figure=message(f"forecast.quantity.{one.quantity.value.replace('_', '-')}"),
                of=_of(one),
                before=_measured(one),
                after=_value(one),
                interval=_interval(one),
            )
            for one in outlook.forecasts
        ]
        said += [
            sentence
            if label is None
            else message("forecast.line.remark", label=label, said=sentence)
            for label, sentence in remarks(outlook)
        ]
    return said


def plan(changes: Sequence[Change]) -> Message:
    """All changes of an outlook in one cell."""
    return message("forecast.plan", changes=tuple(_change(one) for one in changes))


def _change(one: Change) -> Message:
    if one.name.startswith(_INDEX):
        return message("forecast.change-index", statement=one.name.removeprefix(_INDEX))
    if one.name.startswith(_TOGETHER):
        return message("forecast.change-statements", statement=one.name.removeprefix(_TOGETHER))
    if one.name == _REMOTE_CALL:
        return message("forecast.change-call")
    if one.name == _ROW_LOCK and isinstance(one.value, str):
        return message("forecast.change-row-lock")
    if one.name == _ROW_LOCK:
        return message("forecast.change-lock-time", time=Quantity(float(one.value), Unit.SECONDS))
    after = _spelled(one.name, one.value)
    if one.name == _BATCH:
        return message("forecast.change-batch", size=after)
    if one.today is None:
        return message("forecast.change-new", name=one.name, after=after)
    before = _spelled(one.name, one.today)
    if one.name == _REPLICAS:
        return message("forecast.change-replicas", before=before, after=after)
    return message("forecast.change", name=one.name, before=before, after=after)


def _spelled(name: str, value: SettingValue) -> Quantity | int | float | str:
    """A value with the unit its setting has."""
    unit = next((known.unit for known in known_settings() if known.name == name), Unit.NONE)
    if unit in {Unit.BYTES, Unit.SECONDS} and isinstance(value, int | float):
        return Quantity(float(value), unit)
    return _plain(value)


def _plain(value: float | str) -> int | float | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _scenario(outlook: Outlook) -> str:
    return ", ".join(f"{one.name}={_plain(one.value)}" for one in outlook.changes)


def _changes(outlook: Outlook) -> Object:
    return {one.name: _plain(one.value) for one in outlook.changes}


def _of(one: Forecast) -> Message | str:
    return dict(one.where).get("name") or message("forecast.overall")


def _measured(one: Forecast) -> Message | Quantity:
    return message("unit.missing") if one.baseline is None else Quantity(one.baseline, one.unit)


def _value(one: Forecast) -> Message | Quantity:
    value = Quantity(one.value, one.unit)
    return message("forecast.at-least", value=value) if one.bound is Bound.AT_LEAST else value


def _interval(one: Forecast) -> Message:
    low, high = (Quantity(end, one.unit) for end in one.interval)
    return message("forecast.interval", low=low, high=high)
