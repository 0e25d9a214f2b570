"""What one request asks of each resource, fitted to the points the run measured.

Connections: utilisation law, connection-seconds per second = Σ rate × hold time, over the slots.
Time spent waiting for row locks is taken off first: it is no demand but contention, and comes
back as a station of its own (one row is changed by one transaction at a time). Which endpoints
use the pool shows in their latency: it grows with the wait for a connection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.processors import HOST, processors
from perfreport.forecasting.laws import least_squares

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.observed import Observed, Visit
    from perfreport.model.measurement import Floats

DEMAND = "hikaricp.connections.demand"
LOCK_TIME = "mysql.innodb.row.lock.time"
CONSUMED = "kafka.consumer.rate"
# An endpoint whose latency grows by half of what connections take longer to get uses the pool.
_GROWS_WITH_WAIT = 0.5
_LEAST_WAIT = 0.005
_PRIOR_WEIGHT = 0.05
_LOCKED_SHARE = 0.3
_CONTENDED = 1.5
_CPU_FULL = 0.95
_SEEN_WORKING = 0.15  # below it the share says more of the idle system than of requests
_FEWEST_POINTS = 3


@dataclass(frozen=True, eq=False)
class Demand:
    """One visit: `base` seconds unhindered, of which `hold` with a connection, `lock` serial.

    `shape` are durations relative to their mean, ascending: how the unhindered time varies.
    """

    base: float
    hold: float
    lock: float
    shape: Floats


@dataclass(frozen=True, slots=True)
class Processors:
    """Shares of all cores: `each` per request and second, `idle` without any, `full` at most.

    `database` is the database's part of `each`: 0 where it runs elsewhere or nothing tells.
    """

    each: float
    idle: float
    full: float
    database: float

    @property
    def limit(self) -> float:
        """Utilisation law: the requests per second that leave no idle time."""
        return (self.full - self.idle) / self.each

    def after(self, *, instances: float = 1.0, freed: float = 0.0) -> Processors:
        """`instances` times the application's hosts; `freed` of the database's part is saved.

        The database stays where it is, so its part does not spread.
        """
        rest = (1 - self.database) / instances + self.database * (1 - freed)
        return replace(self, each=self.each * rest, database=self.database * (1 - freed) / rest)


@dataclass(frozen=True, eq=False)
class Demands:
    """Demands by visit, in the order of `Observed.visits`; `record` is what a consumer holds.

    `misfit`: relative error of the connection-seconds the fit leaves, over the slots.
    """

    visits: tuple[Demand, ...]
    record: float
    misfit: float
    pool_known: bool
    locked: bool
    contended: bool
    cpu: Processors | None

    def uses_pool(self, place: int) -> bool:
        """Whether a visit holds a connection."""
        return self.visits[place].hold > 0


def fit(scene: Scene, observed: Observed) -> Demands:
    """Fit what the requests of a run ask for."""
    visits = observed.visits
    slopes, bases = zip(*(_growth(visit, observed.acquire) for visit in visits), strict=True)
    told = observed.acquire.max() > _LEAST_WAIT
    users = [place for place in range(len(visits)) if told and slopes[place] > _GROWS_WITH_WAIT]
    held = _per_slot(scene, DEMAND, "mean")
    waits = np.nan_to_num(_per_slot(scene, LOCK_TIME, "rate"))
    holds, record, misfit, contended = np.zeros(len(visits)), 0.0, 1.0, False
    known = bool(users) and not np.isnan(held).any()
    if known:
        consumed = np.nan_to_num(_per_slot(scene, CONSUMED, "mean"))
        work = np.maximum(held - waits, 0.0)
        fitted, record, misfit, contended = _holds(visits, users, bases, work, consumed)
        holds[users] = fitted
    locked = known and float((waits / np.maximum(held, 1e-9)).max()) > _LOCKED_SHARE
    locks = _locks(visits, users, holds) if locked else np.zeros(len(visits))
    bases = tuple(
        max(base - _least_lock_wait(visit, waits), hold) if lock else base
        for visit, base, hold, lock in zip(visits, bases, holds.tolist(), locks, strict=True)
    )
    return Demands(
        tuple(
            Demand(base, float(hold), float(lock), _shape(visit, base))
            for visit, base, hold, lock in zip(visits, bases, holds, locks, strict=True)
        ),
        record,
        misfit,
        known,
        locked,
        contended,
        _cpu(scene, visits),
    )


def _growth(visit: Visit, waits: Floats) -> tuple[float, float]:
    """How latency grows with the wait for a connection, and the latency without any wait."""
    seen = ~np.isnan(visit.latencies)
    means, wait = visit.latencies[seen], waits[seen]
    slope = 0.0
    if len(means) >= 3 and np.ptp(wait) > _LEAST_WAIT:
        columns = np.column_stack([np.ones_like(wait), wait])
        slope = float(least_squares(columns / means[:, None], np.ones_like(wait))[1])
    easy = int(np.argmin(np.round(wait, 3) * 1e3 + means))
    share = min(slope, 1.0) if slope > _GROWS_WITH_WAIT else 0.0
    base = float(np.mean(visit.easy)) - share * float(wait[easy])
    return slope, max(base, 0.2 * float(means.min()))


def _least_lock_wait(visit: Visit, waits: Floats) -> float:
    """Seconds a request waited for the row in the slot in which it waited least."""
    asked = visit.rates > 0
    return float((waits[asked] / visit.rates[asked]).min()) if asked.any() else 0.0


def _shape(visit: Visit, base: float) -> Floats:
    """Unhindered durations by their mean."""
    mean = float(visit.easy.mean())
    return visit.easy / mean if base >= 0.95 * mean else _mirrored(visit, base)


def _mirrored(visit: Visit, base: float) -> Floats:
    """Durations by their mean, where what lies above it is a wait: mirrored from below."""
    below = visit.easy[visit.easy <= base]
    if len(below) < 5:
        return np.ones(1)
    mirrored: Floats = np.concatenate([below, 2 * base - below[::-1]]) / base
    return mirrored


def _per_slot(scene: Scene, signal: str, stat: str) -> Floats:
    values = [scene.value(signal, stat, slot) for slot in scene.slots]
    return np.array([np.nan if value is None else value for value in values])


def _holds(
    visits: tuple[Visit, ...],
    users: list[int],
    bases: tuple[float, ...],
    work: Floats,
    consumed: Floats,
) -> tuple[Floats, float, float, bool]:
    """Hold time per visit and per record consumed.

    Rates of endpoints that go together cannot be told apart; a weak prior shares what they hold
    in proportion to what they take.
    """
    rates = [visits[place].rates for place in users]
    columns = np.column_stack([*rates, consumed]) if consumed.any() else np.column_stack(rates)
    longest = np.array([bases[place] for place in users])
    smallest = float(longest.min())
    upper = np.append(longest, np.inf) if consumed.any() else longest
    guess = np.append(longest, smallest) if consumed.any() else longest
    share = float(work.sum() / max((columns @ guess).sum(), 1e-12))
    prior = guess * min(share, 1.0)
    weight = _PRIOR_WEIGHT * np.sqrt(len(work)) / np.maximum(prior, 1e-9)
    scale = 1.0 / np.maximum(work, 1e-3)
    calm = work <= np.median(work)
    found = least_squares(
        np.vstack([columns * scale[:, None], np.diag(weight)]),
        np.concatenate([work * scale, weight * prior]),
        upper,
    )
    expected = columns @ found
    if (work / np.maximum(expected, 1e-9)).max() > _CONTENDED and calm.sum() >= 3:
        # What is held grows with the load: demands are those of the calm half of the run.
        found = least_squares(
            np.vstack([(columns * scale[:, None])[calm], np.diag(weight)]),
            np.concatenate([(work * scale)[calm], weight * prior]),
            upper,
        )
        expected = columns @ found
    misfit = float(np.sqrt(np.mean((expected / np.maximum(work, 1e-9) - 1) ** 2)))
    strain = work / np.maximum(expected, 1e-9)
    contended = float(strain.max()) > _CONTENDED * float(np.median(strain[calm]))
    record = float(found[-1]) if consumed.any() else 0.0
    return found[: len(users)], record, misfit, contended


def _locks(visits: tuple[Visit, ...], users: list[int], holds: Floats) -> Floats:
    """Serial time of the endpoint that waits for the row: 1 / its highest rate."""
    locks = np.zeros(len(visits))
    heaviest = max(users, key=lambda place: holds[place] * float(visits[place].rates.max()))
    ordered = np.sort(visits[heaviest].rates)
    locks[heaviest] = 1.0 / float(np.mean(ordered[-max(1, len(ordered) // 2) :]))
    return locks


def undisturbed(visit: Visit, one: Demand) -> Demand:
    """A visit without what others did to it even in the calm: the quicker half tells."""
    middle = float(np.median(visit.easy))
    base = min(one.base, one.base * middle / float(visit.easy.mean()))
    return replace(one, base=base, hold=min(one.hold, base), shape=_mirrored(visit, middle))


def _cpu(scene: Scene, visits: tuple[Visit, ...]) -> Processors | None:
    """Processor time per request by regression over the slots, anchored at the busiest one."""
    used = _per_slot(scene, HOST, "mean")
    rates = np.sum([visit.rates for visit in visits], axis=0)
    known = ~np.isnan(used)
    if np.count_nonzero(known) < _FEWEST_POINTS or not rates.any():
        return None
    columns = np.column_stack([np.ones(int(known.sum())), rates[known]])
    each = float(least_squares(columns, used[known])[1])
    top = int(np.argmax(np.where(known, rates, 0.0)))
    busiest = float(used[top])
    if each <= 0 or busiest < _SEEN_WORKING:
        return None
    share = processors(scene, scene.slots[top]).database or 0.0
    return Processors(
        each,
        idle=max(0.0, busiest - each * float(rates[top])),
        full=max(_CPU_FULL, float(np.nanmax(used))),
        database=min(1.0, share / busiest),
    )
