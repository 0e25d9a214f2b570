"""Changes of the code as changes of what requests ask for.

What a change of the code leaves of a time is not measured: it is an assumption, stated with the
forecast, and the best and the worst it may be make the interval wider.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.connection_time import busiest, worked
from perfreport.forecasting import changes as names
from perfreport.forecasting.demands import DEMAND, undisturbed
from perfreport.model.forecast import Refusal
from perfreport.model.message import Message, message
from perfreport.model.units import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demand, Demands
    from perfreport.forecasting.observed import Observed, Visit
    from perfreport.model.configuration import SettingValue
    from perfreport.model.statement import StatementFigures

CALLS = "http.client.requests"
_FITS = 0.8
_AS_OFTEN = 0.2  # counts this close are those of one request, ends of the test aside
_LEAST_HOLD = 0.02
_ALL_BUT = 0.9  # a statement with this part of a request's time is all of it but the overhead
_OVERHEAD = (1.5, 1.0, 2.0)  # times the cheapest request there is
_MUCH_FREED = 0.3  # of the processors' work
# What an index keeps of a statement's time: a multiple of rows needed by rows examined.
_KEPT_BY_ROWS = (2.0, 0.5, 5.0)
_KEPT_AT_LEAST = (0.01, 0.0, 0.1)
_KEPT_UNKNOWN = (0.05, 0.0, 0.2)
# What stays under a row lock: the statements behind it and the commit.
_UNDER_LOCK = (1.5, 0.75, 4.0)
_COMMIT = 0.001
# What taking executions together saves of a round trip and of the server's own time.
_TRIP_SAVED = (1.0, 1.0, 0.85)
_WORK_SAVED = (0.5, 0.9, 0.0)
_REPEATED = 1.5


class Luck(IntEnum):
    """How well a change turns out; the place of its figure in the tuples above."""

    LIKELY = 0
    BEST = 1
    WORST = 2


@dataclass(frozen=True, eq=False)
class Mended:
    """Demands after changes of the code as they are likely, at best and at worst."""

    likely: Demands
    best: Demands
    worst: Demands
    assumptions: tuple[Message, ...]


@dataclass(frozen=True, eq=False)
class _Code:
    """A system before a change of its code."""

    scene: Scene
    observed: Observed
    demands: Demands
    luck: Luck

    def with_visit(self, place: int, one: Demand) -> Demands:
        visits = list(self.demands.visits)
        visits[place] = one
        return replace(self.demands, visits=tuple(visits))

    def visit(self, place: int) -> tuple[Visit, Demand]:
        return self.observed.visits[place], self.demands.visits[place]


def mended(
    scene: Scene, observed: Observed, demands: Demands, wanted: Mapping[str, SettingValue]
) -> Mended | Refusal:
    """Demands after all changes of the code among `wanted`, or why they are unknown."""
    found = []
    for luck in Luck:
        after = demands
        assumptions: tuple[Message, ...] = ()
        for name, value in wanted.items():
            code = _Code(scene, observed, after, luck)
            changed = _changed(code, name, value)
            if isinstance(changed, Refusal):
                return changed
            if changed is not None:
                after, assumption = changed
                assumptions = (*assumptions, assumption)
        found.append((after, assumptions))
    likely, best, worst = (after for after, _ in found)
    return Mended(likely, best, worst, found[Luck.LIKELY][1])


def of_code(name: str) -> bool:
    """Whether a change is one of the code, which mends what made the system slow."""
    return (
        name in {names.REMOTE_CALL, names.ROW_LOCK} or names.is_index(name) or names.is_batch(name)
    )


def _changed(
    code: _Code, name: str, value: SettingValue
) -> tuple[Demands, Message] | Refusal | None:
    if name == names.REMOTE_CALL:
        return _call_outside(code)
    if name == names.ROW_LOCK:
        return _lock_shortened(code, value)
    if names.is_batch(name) and isinstance(value, float):
        return _batched(code, name, value)
    return _indexed(code, name) if names.is_index(name) else None


def _call_outside(code: _Code) -> tuple[Demands, Message] | Refusal:
    place = _caller(code)
    if place is None:
        return Refusal(message("forecast.refusal.no-calls"))
    means = [code.scene.value(CALLS, "mean", slot) for slot in code.scene.slots]
    call = min(one for one in means if one)
    visit, one = code.visit(place)
    hold = max(one.hold - call, _LEAST_HOLD * one.hold)
    lock = min(one.lock, hold)
    said = message(
        "forecast.assumption.call-outside",
        endpoint=visit.endpoint, call=seconds(call), hold=seconds(hold),
    )  # fmt: skip
    return code.with_visit(place, replace(one, hold=hold, lock=lock)), said


def _lock_shortened(code: _Code, value: SettingValue) -> tuple[Demands, Message] | Refusal:
    """The work moves in front of the lock: the row is free earlier, the request takes as long."""
    place = max(range(len(code.demands.visits)), key=lambda at: code.demands.visits[at].lock)
    visit, one = code.visit(place)
    if one.lock <= 0:
        return Refusal(message("forecast.refusal.no-row-lock"))
    if isinstance(value, float):
        lock = value
    else:
        behind = [
            each.mean for each in busiest(code.scene) if _as_often(each, visit) and not each.locking
        ]
        lock = min(one.lock, _UNDER_LOCK[code.luck] * (sum(behind) + _COMMIT))
    said = message(
        "forecast.assumption.lock-shortened",
        endpoint=visit.endpoint, before=seconds(one.lock), after=seconds(lock),
    )  # fmt: skip
    return code.with_visit(place, replace(one, lock=lock, hold=max(one.hold, lock))), said


def _batched(code: _Code, name: str, size: float) -> tuple[Demands, Message] | Refusal:
    """Executions of a statement in one request, taken together `size` at a time.

    A round trip takes what is left of the time a connection is held once the server's own time is
    taken off, shared by all statements of the request.
    """
    statement = _asked(code, name)
    if statement is None:
        return Refusal(message("forecast.refusal.no-statement", name=name))
    repeated = [
        (one.hold, place)
        for place, (visit, one) in enumerate(
            zip(code.observed.visits, code.demands.visits, strict=True)
        )
        if one.hold > 0 and statement.count >= _REPEATED * visit.count
    ]
    if not repeated:
        return Refusal(message("forecast.refusal.not-repeated", name=name))
    place = max(repeated)[1]
    visit, one = code.visit(place)
    own = [each for each in busiest(code.scene) if _multiple(each, visit)]
    often = statement.count / visit.count
    trips = sum(each.count for each in own) / visit.count
    served = sum(worked(each) for each in own) / visit.count
    trip = max(0.0, one.hold - served) / max(trips, often)
    gone = often - math.ceil(often / size)
    saved = gone * (_TRIP_SAVED[code.luck] * trip + _WORK_SAVED[code.luck] * statement.mean)
    saved = min(max(saved, 0.0), (1 - _LEAST_HOLD) * one.hold)
    said = message(
        "forecast.assumption.batched",
        endpoint=visit.endpoint, before=often, after=often - gone,
        trip=seconds(trip), hold=seconds(one.hold - saved),
    )  # fmt: skip
    changed = replace(one, base=one.base - saved, hold=one.hold - saved)
    return replace(code.with_visit(place, changed), contended=False), said


def _asked(code: _Code, name: str) -> StatementFigures | None:
    """The statement a change names by a part of its text."""
    asked = _bare(name.partition(":")[2])
    found = (one for one in busiest(code.scene) if asked in _bare(f"{one.link} {one.fingerprint}"))
    return next((one for one in found if one.count), None)


def _multiple(statement: StatementFigures, visit: Visit) -> bool:
    """Whether a statement runs once or several times in every request."""
    often = statement.count / max(visit.count, 1)
    return often > 1 - _AS_OFTEN and abs(often / round(often) - 1) < _AS_OFTEN


def _indexed(code: _Code, name: str) -> tuple[Demands, Message] | Refusal:
    statement = _asked(code, name)
    if statement is None:
        return Refusal(message("forecast.refusal.no-statement", name=name))
    place = _runner(code, statement)
    visit, one = code.visit(place)
    kept = _kept(statement, code.luck)
    # Under load a statement takes longer than in the calm the other times are of.
    part = min(1.0, worked(statement) / visit.count / _strain(code, visit, one) / one.base)
    rest = (1 - part) * one.base
    cheapest = min(each.base for each in code.demands.visits)
    if part >= _ALL_BUT:
        rest = max(_OVERHEAD[code.luck] * cheapest, rest if code.luck is Luck.WORST else 0.0)
    left = min(one.base, rest + kept * part * one.base)
    hold = max(0.0, one.hold - (one.base - left))
    demands = replace(
        code.with_visit(place, replace(one, base=left, hold=min(hold, left))), contended=False
    )
    freed = 0.0
    if demands.cpu is not None:
        saved = (1 - kept) * worked(statement) / sum(map(worked, busiest(code.scene)))
        freed = saved * demands.cpu.database
        demands = replace(demands, cpu=demands.cpu.after(freed=saved))
    if freed >= _MUCH_FREED or code.luck is Luck.BEST:
        # Others waited for the processors the statement took, even in the calm.
        visits = zip(code.observed.visits, demands.visits, strict=True)
        calm = tuple(undisturbed(*each) for each in visits)
        demands = replace(demands, visits=calm)
    said = message(
        "forecast.assumption.indexed",
        endpoint=visit.endpoint,
        mean=seconds(statement.mean),
        after=seconds(kept * statement.mean),
    )
    return demands, said


def _kept(statement: StatementFigures, luck: Luck) -> float:
    """Part of a statement's time that stays with an index: it reads the rows it needs only."""
    if statement.examined_per_row is None:
        return _KEPT_UNKNOWN[luck]
    by_rows = _KEPT_BY_ROWS[luck] / max(statement.examined_per_row, 1.0)
    return min(1.0, max(_KEPT_AT_LEAST[luck], by_rows))


def _strain(code: _Code, visit: Visit, one: Demand) -> float:
    """How much longer the database's part took over the whole load than in its calm.

    The time connections are held tells, for no wait is in it; without it, the time of requests.
    """
    slots = code.observed.slots
    calm = np.sum([
        float((each.rates * slots).sum()) * asked.hold
        for each, asked in zip(code.observed.visits, code.demands.visits, strict=True)
    ])
    held = [code.scene.value(DEMAND, "mean", slot) for slot in code.scene.slots]
    if one.hold > 0 and calm > 0 and None not in held:
        return max(1.0, float((np.array(held, np.float64) * slots).sum()) / float(calm))
    return max(1.0, visit.spent / visit.count / one.base)


def _caller(code: _Code) -> int | None:
    """The visit that calls the other service while it holds a connection."""
    slots = code.scene.slots
    rates = [code.scene.value(CALLS, "rate", slot) for slot in slots]
    means = [one for slot in slots if (one := code.scene.value(CALLS, "mean", slot))]
    if not means or any(rate is None for rate in rates):
        return None
    called = np.array([rate or 0.0 for rate in rates])
    best = [
        (float(np.abs(visit.rates - called).mean()), place)
        for place, visit in enumerate(code.observed.visits)
        if _inside(code.demands.visits[place], min(means))
    ]
    return min(best)[1] if best else None


def _inside(demand: Demand, call: float) -> bool:
    """Whether a call of this length has room only where the connection is held."""
    return demand.hold >= _FITS * call and demand.base - demand.hold < _FITS * call


def _runner(code: _Code, statement: StatementFigures) -> int:
    """The visit that runs a statement: the one asked as often, the slowest of equals."""
    visits = code.observed.visits
    return min(
        range(len(visits)),
        key=lambda place: (
            round(abs(np.log(max(visits[place].count, 1) / statement.count)), 1),
            -code.demands.visits[place].base,
        ),
    )


def _as_often(statement: StatementFigures, visit: Visit) -> bool:
    return abs(statement.count / max(visit.count, 1) - 1) < _AS_OFTEN


def _bare(statement: str) -> str:
    """A statement without what dialects write differently: case, quotes, blanks."""
    return "".join(statement.lower().replace("`", "").split())
