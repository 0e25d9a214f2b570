"""Lookups that run again and again for the rows of a list, and the time they take.

A lookup by key is short; what it costs is mostly its way to the database and back. That way is no
part of any statement figure: it is estimated as what is left of the time connections are held
after statements and downstream calls, spread evenly over all statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.connection_time import (
    SERVER_RATE,
    busiest,
    connection_time,
    sharpest,
    statement_figures,
    worked,
)
from perfreport.measure.sql import repeated_statements

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene
    from perfreport.diagnosis.views.connection_time import ConnectionTime
    from perfreport.model.statement import Repetition, StatementFigures

_WASTEFUL = 100.0
_FEWEST_RATIOS = 2
_SAME_LOAD = 1.25
_FALLS = 0.5
_QUESTIONS = "mysql.questions"


@dataclass(frozen=True, slots=True)
class Repeated:
    """Repeated lookups of a run, the one with most time first; times are seconds per second."""

    loops: tuple[tuple[Repetition, StatementFigures], ...]
    statements: float  # time of these lookups on the server
    round_trip: float | None  # per statement, seconds
    spent: ConnectionTime
    seconds: float

    @property
    def cost(self) -> float:
        """Connection-seconds per second that the lookups take, their round trips included."""
        rate = sum(loop.count for loop, _ in self.loops) / self.seconds
        return self.statements + (self.round_trip or 0.0) * rate

    @property
    def share_of_held(self) -> float | None:
        """Part of the time connections are held."""
        if self.spent.held is None or self.spent.held.value <= 0:
            return None
        return min(1.0, self.cost / self.spent.held.value)

    @property
    def share_of_requests(self) -> float | None:
        """Part of the request time that goes into holding and waiting for connections."""
        request = self.spent.request
        if not request:
            return None
        held = self.cost if self.spent.held is None else self.spent.held.value
        return min(1.0, (held + (self.spent.waited or 0.0)) / request)


def repeated(scene: Scene) -> Repeated | None:
    """Look for lookups that are short by themselves; None where there are none."""
    case = scene.case
    whole = case.measurements.slice_of()
    requests = whole.requests if whole is not None else 0
    found = repeated_statements(case.run, case.phases, statement_figures(scene), requests)
    figures = {one.link: one for one in busiest(scene)}
    loops = [(loop, figures[loop.link]) for loop in found if loop.link in figures]
    loops = [entry for entry in loops if (entry[1].examined_per_row or 0.0) < _WASTEFUL]
    if not loops:
        return None
    spent = connection_time(scene, scene.whole)
    trip = round_trip(scene)
    loops.sort(
        key=lambda entry: (-worked(entry[1]) - (trip or 0.0) * entry[0].count, entry[0].link)
    )
    on_server = sum(worked(one) for _, one in loops) / scene.whole.seconds
    return Repeated(tuple(loops), on_server, trip, spent, scene.whole.seconds)


def round_trip(scene: Scene) -> float | None:
    """Seconds a statement spends on its way to the database and back; None where unknown."""
    held = connection_time(scene, scene.whole).held
    figures = busiest(scene)
    executions = sum(one.count for one in figures)
    if held is None or not executions:
        return None
    seconds = scene.whole.seconds
    running = sum(one.total for one in figures) / seconds
    sharp = sharpest(scene)
    calling = 0.0 if sharp is None else (sharp.calls_share or 0.0) * held.value
    return max(0.0, held.value - running - calling) * seconds / executions


def per_request(scene: Scene) -> tuple[tuple[Figure, float], ...]:
    """Statements for each request by window, where the database's counter tells."""
    found = []
    for window in (*scene.first_ramp, *scene.windows):
        asked = scene.ask(_QUESTIONS, "rate", window)
        served = scene.value(SERVER_RATE, "mean", window)
        if asked is not None and served:
            found.append((asked, asked.value / served))
    return tuple(found)


def follows_load(scene: Scene) -> bool | None:
    """Whether statements grow with the requests; None where the load never changed.

    What runs on a schedule of its own gets less per request the more requests there are.
    """
    rates = [
        (served, asked / served)
        for window in (*scene.first_ramp, *scene.windows)
        if (asked := scene.value(_QUESTIONS, "rate", window)) is not None
        and (served := scene.value(SERVER_RATE, "mean", window))
    ]
    if len(rates) < _FEWEST_RATIOS:
        return None
    (low, at_low), (high, at_high) = min(rates), max(rates)
    if high < _SAME_LOAD * low:
        return None
    return at_high >= _FALLS * at_low
