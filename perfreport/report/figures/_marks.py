"""What figures share: phases to shade, targets to draw, time since the load began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.figure import Level, Span
from perfreport.model.grade import Operator
from perfreport.model.message import message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity
from perfreport.report.phrases import every_grade, short_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.measurement import Floats, Integers

_NS = 1e9
_UPPER = {Operator.LT, Operator.LE}
_MOST_LEVELS = 3
FARTHEST = 4.0  # times the largest value: a target beyond it would press the curves flat


def since_start(test: TestAnalysis, times_ns: Integers) -> tuple[float, ...]:
    """Return seconds since the load began."""
    return tuple(float(at) for at in (times_ns - test.phases.start_ns) / _NS)


def drawn(values: Floats) -> tuple[float | None, ...]:
    """Return values with None for what was not measured."""
    return tuple(None if value != value else float(value) for value in values)  # noqa: PLR0124 - NaN


def phases_of(test: TestAnalysis) -> tuple[Span, ...]:
    """Return the phases that were reached, in seconds since the load began."""
    start = test.phases.start_ns
    return tuple(
        Span(
            short_title(test.phases, phase),
            (phase.start_ns - start) / _NS,
            (phase.end_ns - start) / _NS,
        )
        for phase in test.phases.phases
        if phase.reached and phase.kind is not PhaseKind.TAIL
    )


def targets_of(
    test: TestAnalysis, metric: str, stats: Iterable[str], most: float
) -> tuple[Level, ...]:
    """Return the upper targets of a metric over all requests, each value once."""
    wanted = set(stats)
    levels: dict[float, Level] = {}
    for grade in every_grade(test):
        objective = grade.objective
        selector = objective.selector
        if selector.metric != metric or selector.where or selector.stat not in wanted:
            continue
        for bound in objective.target:
            if bound.operator in _UPPER and 0 < bound.limit <= most * FARTHEST:
                limit = Quantity(bound.limit, objective.unit)
                name = message("figure.target", stat=_short(selector.stat), limit=limit)
                levels.setdefault(bound.limit, Level(name, bound.limit))
    return tuple(levels[value] for value in sorted(levels)[:_MOST_LEVELS])


def _short(stat: str) -> str:
    return f"P{stat[2:-1]}" if stat.startswith("p(") else stat
