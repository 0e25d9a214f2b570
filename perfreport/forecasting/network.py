"""A closed or open queueing network, simulated: customers, and stations with places and a queue.

A customer is a generator of steps. It yields `Delay`, `Seize` or `Release`; `Seize` answers True
when a place was got and False when the customer gave up waiting. Stations serve in the order of
arrival, as HikariCP and Tomcat do. Simulation is used where formulas end: waiting with a timeout,
places held while waiting for others, loads that change in time, percentiles. Where formulas are
exact (mean value analysis, Erlang C) it is tested against them.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    Customer: TypeAlias = Generator["Step", bool | None, None]


@dataclass(frozen=True, slots=True)
class Delay:
    """Let `seconds` pass."""

    seconds: float


@dataclass(slots=True, eq=False)
class _Waiting:
    station: Station
    customer: Customer | None  # None once served or gone
    since: float


@dataclass(slots=True, eq=False)
class Station:
    """`places` served at once, the rest queue. `waited` and `held` are seconds, added up."""

    name: str
    places: int
    busy: int = 0
    seized: int = 0
    given_up: int = 0
    waited: float = 0.0
    held: float = 0.0
    changed: float = 0.0  # when `busy` last changed
    queue: deque[_Waiting] = field(default_factory=deque)

    def turn(self, now: float, by: int) -> None:
        """Take or give back places, and count the place-seconds until now."""
        self.held += self.busy * (now - self.changed)
        self.changed = now
        self.busy += by


@dataclass(frozen=True, slots=True)
class Seize:
    """Take a place of a station, or queue for one at most `patience` seconds."""

    station: Station
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Give a place back."""

    station: Station


Step: TypeAlias = Delay | Seize | Release


class Clock:
    """Runs customers in simulated time; `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._count = 0
        self._due: list[tuple[float, int, Customer, bool | None, _Waiting | None]] = []

    def enter(self, customers: Iterable[Customer]) -> None:
        """Let customers begin now."""
        for customer in customers:
            self._later(0.0, customer, None)

    def run(self, until: float) -> None:
        """Let time pass until nothing more is due before `until`."""
        due = self._due
        while due and due[0][0] <= until:
            self.now, _, customer, answer, waiting = heapq.heappop(due)
            if waiting is not None:
                if waiting.customer is None:
                    continue
                waiting.customer = None
                waiting.station.given_up += 1
                waiting.station.waited += self.now - waiting.since
            self._advance(customer, answer)
        self.now = until

    def _advance(self, customer: Customer, answer: bool | None) -> None:
        while (step := self._next(customer, answer)) is not None:
            if isinstance(step, Delay):
                self._later(step.seconds, customer, answer=True)
                return
            station = step.station
            answer = True
            if isinstance(step, Release):
                self._release(station)
            elif station.busy < station.places:
                station.turn(self.now, 1)
                station.seized += 1
            else:
                waiting = _Waiting(station, customer, self.now)
                station.queue.append(waiting)
                if step.patience is not None:
                    self._later(step.patience, customer, False, waiting)
                return

    @staticmethod
    def _next(customer: Customer, answer: bool | None) -> Step | None:
        try:
            return customer.send(answer)
        except StopIteration:
            return None

    def _release(self, station: Station) -> None:
        while station.queue:
            waiting = station.queue.popleft()
            if waiting.customer is None:
                continue
            station.seized += 1
            station.waited += self.now - waiting.since
            self._later(0.0, waiting.customer, answer=True)
            waiting.customer = None
            return
        station.turn(self.now, -1)

    def _later(
        self,
        seconds: float,
        customer: Customer,
        answer: bool | None,
        waiting: _Waiting | None = None,
    ) -> None:
        self._count += 1
        heapq.heappush(self._due, (self.now + seconds, self._count, customer, answer, waiting))
