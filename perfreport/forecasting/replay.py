"""The measured load played again against a model of the system, as it is or as it would be.

Virtual users think, ask and wait as they did; stations are the request threads, the connection
pool and the row everybody changes. Consumers of Kafka take connections from the same pool.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.forecasting.network import Clock, Delay, Release, Seize, Station

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.forecasting.demands import Demands
    from perfreport.forecasting.network import Customer
    from perfreport.forecasting.observed import Flow, Observed
    from perfreport.model.measurement import Floats, Integers

_IDLE_POLL = 0.05
_RETRY = 1.0
_TAIL = 10.0


@dataclass(frozen=True, slots=True)
class System:
    """What the replay may change. `patience`: connection-timeout; None waits for ever."""

    pool: int | None
    patience: float | None
    threads: int | None
    consumers: int = 0
    produced_by: int | None = None  # the visit whose requests produce records
    cpu: float = 0.0  # seconds of all processors together that a request takes; 0: no queue


@dataclass(frozen=True, eq=False)
class Outcome:
    """Requests of a replay: end in seconds of the load, duration, visit, success."""

    ended: Floats
    durations: Floats
    visits: Integers
    passed: NDArray[np.bool_]
    hold: float | None  # mean time a connection was held
    busy: dict[str, Floats]  # share of the places of each station in use, second by second

    def p95(self, place: int | None = None) -> float | None:
        """95th percentile of all requests, or of one visit's."""
        chosen = self.durations if place is None else self.durations[self.visits == place]
        return float(np.quantile(chosen, 0.95)) if len(chosen) else None

    def p95_within(self, start: float, end: float) -> float:
        """95th percentile of all requests that ended in a window; 0 without any."""
        chosen = self.durations[(self.ended >= start) & (self.ended < end)]
        return float(np.quantile(chosen, 0.95)) if len(chosen) else 0.0

    def used(self, station: str, start: float, end: float) -> float:
        """Mean share of a station's places in use in a window."""
        shares = self.busy[station][int(np.ceil(start)) : int(end)]
        return float(shares.mean()) if len(shares) else 0.0

    def rate(self, start: float, end: float, place: int | None = None) -> float:
        """Successful requests per second in a window."""
        rows = self.passed & (self.ended >= start) & (self.ended < end)
        if place is not None:
            rows &= self.visits == place
        return float(np.count_nonzero(rows)) / (end - start)


def replay(observed: Observed, demands: Demands, system: System, seed: int = 1) -> Outcome:
    """Play the load of a run against `system`. The same seed gives the same answer."""
    return _Replay(observed, demands, system, seed).play()


class _Replay:
    def __init__(self, observed: Observed, demands: Demands, system: System, seed: int) -> None:
        self.observed = observed
        self.demands = demands
        self.system = system
        self.random = np.random.default_rng(seed)
        self.clock = Clock()
        self.pool = Station("pool", system.pool or 1_000_000)
        self.threads = Station("threads", system.threads or 1_000_000)
        self.row = Station("row", 1)
        self.cpu = Station("cpu", 1)
        self.backlog: deque[float] = deque()
        self.rows: list[tuple[float, float, int, bool]] = []

    def play(self) -> Outcome:
        first = 0
        for flow in self.observed.flows:
            if flow.arrivals is not None:
                self.clock.enter([self._arriving(flow, first)])
            else:
                most = int(flow.levels.max())
                self.clock.enter(self._user(flow, first, rank) for rank in range(most))
            first += len(flow.visits)
        self.clock.enter(self._consumer() for _ in range(self.system.consumers))
        stations = (self.pool, self.threads, self.row, self.cpu)
        held: dict[str, list[float]] = {one.name: [] for one in stations}
        before = dict.fromkeys(held, 0.0)
        for second in np.arange(1.0, self.observed.seconds + _TAIL):
            self.clock.run(float(second))
            for one in stations:
                one.turn(self.clock.now, 0)
                held[one.name].append((one.held - before[one.name]) / one.places)
                before[one.name] = one.held
        table = np.array(self.rows or [(0.0, 0.0, 0, False)], np.float64)
        return Outcome(
            table[:, 0],
            table[:, 1],
            table[:, 2].astype(np.int64),
            table[:, 3].astype(np.bool_),
            self.pool.held / self.pool.seized if self.pool.seized else None,
            {name: np.array(shares) for name, shares in held.items()},
        )

    def _user(self, flow: Flow, first: int, rank: int) -> Customer:
        """A virtual user: there while the load has more users than its rank."""
        on = np.flatnonzero(flow.levels > rank)  # never empty: ranks go up to the highest level
        begin, end = float(flow.grid[on[0]]), float(flow.grid[on[-1]])
        yield Delay(begin)
        while self.clock.now < end:
            yield from self._iteration(flow, first)

    def _arriving(self, flow: Flow, first: int) -> Customer:
        assert flow.arrivals is not None  # noqa: S101 - an open scenario has arrivals
        for at in flow.arrivals.tolist():
            if at > self.clock.now:
                yield Delay(at - self.clock.now)
            self.clock.enter([self._iteration(flow, first)])

    def _iteration(self, flow: Flow, first: int) -> Customer:
        for place, visit in enumerate(flow.visits, start=first):
            times = int(visit.per_iteration + self.random.random())
            for _ in range(times):
                yield from self._request(place)
                yield Delay(flow.think * (0.5 + self.random.random()))

    def _request(self, place: int) -> Customer:
        demand = self.demands.visits[place]
        began, passed = self.clock.now, True
        drawn = demand.shape[self.random.integers(len(demand.shape))]
        hold, lock = demand.hold * drawn, demand.lock * drawn
        yield Seize(self.threads)
        working = self.system.cpu
        if working > 0:
            yield Seize(self.cpu)
            yield Delay(working)
            yield Release(self.cpu)
        yield Delay(max(0.0, demand.base * drawn - max(hold, lock) - working))
        if hold > 0:
            passed = bool((yield Seize(self.pool, self.system.patience)))
        if passed and hold > 0:
            yield Delay(max(0.0, hold - lock))
            if lock > 0:
                yield Seize(self.row)
                yield Delay(lock)
                yield Release(self.row)
            yield Release(self.pool)
        yield Release(self.threads)
        now = self.clock.now
        self.rows.append((now, now - began, place, passed))
        if place == self.system.produced_by:
            self.backlog.append(now)

    def _consumer(self) -> Customer:
        while True:
            if not self.backlog:
                yield Delay(_IDLE_POLL)
                continue
            self.backlog.popleft()
            got = yield Seize(self.pool, self.system.patience)
            if not got:
                self.backlog.appendleft(self.clock.now)
                yield Delay(_RETRY)
                continue
            yield Delay(self.demands.record)
            yield Release(self.pool)
