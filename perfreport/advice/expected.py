"""What a forecast says of recommended changes, in the place of what their figures suggest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.forecast import Bound, ForecastQuantity
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.model.advice import Advice, Recommendation
    from perfreport.model.forecast import Change, Forecast, Outlook

_SHOWN = (
    ForecastQuantity.THROUGHPUT_LIMIT,
    ForecastQuantity.KAFKA_LAG_MAX,
    ForecastQuantity.KAFKA_DRAIN_TIME,
)
OF_TODAY = "forecast.note.scalability"  # a second opinion on the limit before the change


def expecting(advice: Advice, outlooks: Sequence[Outlook]) -> Advice:
    """Return the advice with the forecasts made for it as expected effects."""
    known = {_plain(outlook.changes): outlook for outlook in outlooks}
    return replace(
        advice,
        recommendations=tuple(
            _informed(one, known.get(_plain(one.plan))) for one in advice.recommendations
        ),
    )


def _informed(one: Recommendation, outlook: Outlook | None) -> Recommendation:
    if outlook is None:
        return one
    said = tuple(_effects(outlook.forecasts))
    told = (note for note in outlook.notes if note.key != OF_TODAY)
    notes = (*one.notes, *told)
    if outlook.next_bottleneck is not None:
        notes = (*notes, outlook.next_bottleneck)
    notes = (*notes, *(refusal.reason for refusal in outlook.refusals))
    effect = message("advice.effect.forecast", said=said) if said else one.effect
    return replace(one, effect=effect, notes=tuple(dict.fromkeys(notes)))


def _effects(forecasts: Iterable[Forecast]) -> list[Message]:
    whole = {one.quantity: one for one in forecasts if not one.where}
    return [_effect(whole[quantity]) for quantity in _SHOWN if quantity in whole]


def _effect(one: Forecast) -> Message:
    quantity = message(f"forecast.quantity.{one.quantity.value.replace('_', '-')}")
    value = Quantity(one.value, one.unit)
    if one.bound is Bound.AT_LEAST:
        if one.baseline is None:
            return message("advice.effect.at-least-alone", quantity=quantity, value=value)
        baseline = Quantity(one.baseline, one.unit)
        return message("advice.effect.at-least", quantity=quantity, baseline=baseline, value=value)
    low, high = (Quantity(end, one.unit) for end in one.interval)
    if one.baseline is None:
        return message("advice.effect.value", quantity=quantity, value=value, low=low, high=high)
    baseline = Quantity(one.baseline, one.unit)
    return message(
        "advice.effect.change",
        quantity=quantity, baseline=baseline, value=value, low=low, high=high,
    )  # fmt: skip


def _plain(plan: Iterable[Change]) -> tuple[tuple[str, str], ...]:
    """Changes without what is in force today, which only the forecast knows."""
    return tuple(sorted((one.name, str(one.value)) for one in plan))
