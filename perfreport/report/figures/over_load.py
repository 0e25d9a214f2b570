"""Throughput, response time and errors against the load, with the point where it broke.

Over virtual users stands the universal scalability law fitted to the measured stages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.forecasting.laws import scalability
from perfreport.model.figure import Curve, Figure, Moment, Panel, Stroke
from perfreport.model.message import message
from perfreport.model.phase import LoadUnit, PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import FigurePlan
from perfreport.report.figures._marks import targets_of
from perfreport.report.phrases import name_of, short_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.measurement import LoadSlice
    from perfreport.model.message import Message
    from perfreport.model.phase import Phase

_FEWEST = 3
_SAMPLES = 40  # places at which the law is drawn
_MISFIT = 0.15  # of the throughput: past it the law says nothing of this system
_STATS = ("p(50)", "med", "p(95)", "p(99)")


def _build(test: TestAnalysis) -> Figure | None:
    points = _points(test)
    if len(points) < _FEWEST:
        return None
    peak = max(part.throughput for _, part in points)
    best = next(phase for phase, part in points if part.throughput == peak)
    unit = points[0][0].unit or LoadUnit.VUS
    axis = "figure.axis.vus" if unit is LoadUnit.VUS else "figure.axis.rate"
    return Figure(
        "over-load",
        message("figure.over-load.title", test=name_of(test.grade)),
        message(
            "figure.over-load.alt",
            test=name_of(test.grade),
            rate=Quantity(peak, Unit.PER_SECOND),
            load=best.level or 0.0,
        ),
        message(axis),
        Unit.COUNT,
        (_throughput(points), _latency(test, points), *_errors(points)),
        moments=_breaking(test, points),
    )


def _points(test: TestAnalysis) -> list[tuple[Phase, LoadSlice]]:
    """Return the phases of steady load that were reached, one per level, lowest level first."""
    held = [
        (phase, part)
        for phase in test.phases.phases
        if phase.reached
        and phase.kind is PhaseKind.PLATEAU
        and phase.level is not None
        and (part := test.measurements.slice_of(phase.name)) is not None
        and part.requests
    ]
    levels: dict[float, tuple[Phase, LoadSlice]] = {}
    for phase, part in held:
        if phase.unit is held[0][0].unit and phase.level is not None:
            levels.setdefault(phase.level, (phase, part))
    return [levels[level] for level in sorted(levels)]


def _curve(
    name: Message,
    points: Sequence[tuple[Phase, LoadSlice]],
    value: Callable[[LoadSlice], float | None],
) -> Curve:
    x = tuple(phase.level or 0.0 for phase, _ in points)
    return Curve(name, x, tuple(value(part) for _, part in points), Stroke.MARKED)


def _throughput(points: Sequence[tuple[Phase, LoadSlice]]) -> Panel:
    curves = [_curve(message("figure.successful"), points, lambda part: part.throughput)]
    if any(part.failed for _, part in points):
        curves.append(
            _curve(
                message("figure.failed"), points, lambda part: part.request_rate - part.throughput
            )
        )
    curves += _law(points)
    return Panel(message("figure.throughput"), Unit.PER_SECOND, tuple(curves))


def _law(points: Sequence[tuple[Phase, LoadSlice]]) -> list[Curve]:
    """Return the scalability law over the stages, where it fits them."""
    if points[0][0].unit is not LoadUnit.VUS:
        return []
    users = np.array([phase.level or 0.0 for phase, _ in points])
    rates = np.array([part.throughput for _, part in points])
    law = scalability(users, rates)
    if law is None:
        return []
    fitted = np.array([law.at(load) for load in users])
    if np.abs(fitted - rates).max() > _MISFIT * rates.max():
        return []
    places = tuple(float(load) for load in np.linspace(users[0], users[-1], _SAMPLES))
    return [Curve(message("figure.law"), places, tuple(map(law.at, places)), Stroke.MODEL)]


def _latency(test: TestAnalysis, points: Sequence[tuple[Phase, LoadSlice]]) -> Panel:
    curves = (
        _curve(message("column.p50"), points, lambda part: part.latency.p50),
        _curve(message("column.p95"), points, lambda part: part.latency.p95),
        _curve(message("column.p99"), points, lambda part: part.latency.p99),
    )
    most = max((part.latency.p99 or 0.0 for _, part in points), default=0.0)
    levels = targets_of(test, "http_req_duration", _STATS, most)
    return Panel(message("figure.latency"), Unit.SECONDS, curves, levels)


def _errors(points: Sequence[tuple[Phase, LoadSlice]]) -> tuple[Panel, ...]:
    if not any(part.failed for _, part in points):
        return ()
    curve = _curve(message("column.error-rate"), points, lambda part: part.error_rate)
    return (Panel(message("column.error-rate"), Unit.RATIO, (curve,)),)


def _breaking(test: TestAnalysis, points: Sequence[tuple[Phase, LoadSlice]]) -> tuple[Moment, ...]:
    point = test.grade.breaking_point
    if point is None or point.phase is None:
        return ()
    return tuple(
        Moment(
            message("figure.breaking-point", stage=short_title(test.phases, phase)),
            phase.level or 0.0,
        )
        for phase, _ in points
        if phase.name == point.phase
    )


PLUGIN = FigurePlan("over-load", 20, _build)
