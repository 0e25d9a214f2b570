"""Changes of the code as changes of what requests ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.connection_time import busiest
from perfreport.forecasting import changes as names
from perfreport.model.forecast import Refusal
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demand, Demands
    from perfreport.forecasting.observed import Observed
    from perfreport.model.configuration import SettingValue

CALLS = "http.client.requests"
_FITS = 0.8
_INDEXED = 0.05  # what an indexed lookup keeps of the time of a full scan, at most


def changed_demands(
    scene: Scene, observed: Observed, demands: Demands, wanted: Mapping[str, SettingValue]
) -> tuple[Demands, tuple[Message, ...], Refusal | None]:
    """Demands after changes of the code, and what they rest on."""
    assumptions: tuple[Message, ...] = ()
    if names.REMOTE_CALL in wanted:
        place = _caller(scene, observed, demands)
        if place is None:
            return demands, (), Refusal(message("forecast.refusal.no-calls"))
        calls = [scene.value(CALLS, "mean", slot) for slot in scene.slots]
        call = min(one for one in calls if one)
        one = demands.visits[place]
        hold = max(one.hold - call, 0.02 * one.hold)
        demands = _with(demands, place, replace(one, hold=hold))
        assumptions = (
            message(
                "forecast.assumption.call-outside",
                endpoint=observed.visits[place].endpoint,
                call=Quantity(call, Unit.SECONDS),
                hold=Quantity(hold, Unit.SECONDS),
            ),
        )
    for name in filter(names.is_index, wanted):
        asked = _bare(name.partition(":")[2])
        statement = next(
            (s for s in busiest(scene) if asked in _bare(f"{s.link} {s.fingerprint}")), None
        )
        if statement is None or not statement.count:
            return demands, (), Refusal(message("forecast.refusal.no-statement", name=name))
        mean = statement.total / statement.count
        place = _runner(observed, demands, statement.count)
        one = demands.visits[place]
        saved = min(mean * (1 - _INDEXED), one.base * 0.95)
        kept = max(one.hold - saved, 0.0)
        demands = _with(demands, place, replace(one, base=one.base - saved, hold=kept))
        demands = replace(demands, contended=False, cpu=None)
        assumptions += (
            message(
                "forecast.assumption.indexed",
                endpoint=observed.visits[place].endpoint,
                mean=Quantity(mean, Unit.SECONDS),
            ),
        )
    return demands, assumptions, None


def _with(demands: Demands, place: int, one: Demand) -> Demands:
    visits = list(demands.visits)
    visits[place] = one
    return replace(demands, visits=tuple(visits))


def _caller(scene: Scene, observed: Observed, demands: Demands) -> int | None:
    """The visit that calls the other service while it holds a connection."""
    rates = [scene.value(CALLS, "rate", slot) for slot in scene.slots]
    means = [one for slot in scene.slots if (one := scene.value(CALLS, "mean", slot))]
    if not means or any(rate is None for rate in rates):
        return None
    called = np.array([rate or 0.0 for rate in rates])
    best = [
        (float(np.abs(visit.rates - called).mean()), place)
        for place, visit in enumerate(observed.visits)
        if _inside(demands.visits[place], min(means))
    ]
    return min(best)[1] if best else None


def _runner(observed: Observed, demands: Demands, count: int) -> int:
    """The visit that runs a statement: the one asked as often, the slowest of equals."""
    return min(
        range(len(observed.visits)),
        key=lambda place: (
            round(abs(np.log(max(observed.visits[place].count, 1) / count)), 1),
            -demands.visits[place].base,
        ),
    )


def _inside(demand: Demand, call: float) -> bool:
    """Whether a call of this length has room only where the connection is held."""
    return demand.hold >= _FITS * call and demand.base - demand.hold < _FITS * call


def _bare(statement: str) -> str:
    """A statement without what dialects write differently: case, quotes, blanks."""
    return "".join(statement.lower().replace("`", "").split())
