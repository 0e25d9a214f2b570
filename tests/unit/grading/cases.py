"""Building blocks of grading tests: measurements, phases and validity without any file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading import load_thresholds, questions, specify
from perfreport.model.grade import ValidityLevel
from perfreport.model.measurement import Measurement, Measurements, Selector
from perfreport.model.message import Message, message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import TestRun
from perfreport.model.units import Unit
from perfreport.model.validity import Validity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.analysis import TestSpec

VALID = Validity(ValidityLevel.VALID)
SECOND = 1_000_000_000


def phase(
    name: str, kind: PhaseKind = PhaseKind.PLATEAU, *, reached: bool = True, level: float = 100.0
) -> Phase:
    title = message("phase.title.named", name=name)
    return Phase(name, kind, 0, SECOND, title, PhaseOrigin.PLAN, level, reached=reached)


def phases(*found: Phase) -> Phases:
    return Phases(tuple(found), 0, SECOND * len(found))


def measured(
    metric: str,
    stat: str,
    value: float | None,
    *,
    unit: Unit = Unit.SECONDS,
    n: int = 50_000,
    interval: tuple[float, float] | None = None,
    warnings: tuple[Message, ...] = (),
) -> Measurement:
    return Measurement(Selector(metric, stat), value, unit, n, interval, False, warnings)


def measurements(
    selected: Sequence[Measurement], metrics: Sequence[Measurement] = ()
) -> Measurements:
    return Measurements(
        seconds=60.0,
        seconds_estimated=False,
        metrics=tuple(metrics),
        selected=tuple(selected),
        slices=(),
        errors=(),
        statuses=(),
        checks=(),
        scenarios=(),
        timelines=(),
        series=(),
        phases=(),
    )


def answered(
    spec: TestSpec, cut: Phases, answer: Callable[[Selector], float | None]
) -> Measurements:
    """Answer every question of a spec with what `answer` says, None where it knows nothing."""
    found = []
    for selector in questions(spec, cut):
        value = answer(selector)
        n = 0 if value is None else 50_000
        found.append(Measurement(selector, value, Unit.NONE, n))
    return measurements([replace(one, unit=Unit.RATIO) for one in found])


def shipped_spec(test_id: str) -> TestSpec:
    return specify(TestRun("run", (), ()), load_thresholds([]), test_id)
