"""The stage table of a stress test, and the point where it broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid
from perfreport.model.grade import Verdict
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import ChapterSection
from perfreport.report.chapter.objectives import remarks
from perfreport.report.phrases import (
    error_rate_of,
    level_word,
    load_of,
    phase_name,
    phase_of,
    seconds,
    short_title,
    target,
    tps,
    verdict_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.grade import Grade, StageGrade

# What is told of a stage, worst first.
_TOLD = (Verdict.FAIL, Verdict.WARNING, Verdict.INCONCLUSIVE, Verdict.NO_DATA)


def _build(test: TestAnalysis) -> Sequence[Block]:
    if not test.grade.stages:
        return ()
    items: list[Bullet] = []
    sentence = breaking_sentence(test)
    if sentence is not None:
        items.append(Bullet(sentence, label=message("chapter.stages.breaking-point")))
    items += _missed(test)
    unknown = [
        grade
        for stage in test.grade.stages
        for grade in stage.grades
        if grade.verdict is Verdict.NO_DATA and not grade.counts
    ]
    items += remarks(unknown)
    return (grid(test), Bullets(tuple(items))) if items else (grid(test),)


def grid(test: TestAnalysis) -> Grid:
    """Return one row per stage; the column of rate targets only where there are any."""
    targets = any(stage.throughput_target for stage in test.grade.stages)
    names = ["stage", "vus", "target-rate", "actual-rate", "error-rate", "p95", "p99", "verdict"]
    rows = [_row(test, stage) for stage in test.grade.stages]
    if not targets:
        names.remove("target-rate")
        rows = [(*row[:2], *row[3:]) for row in rows]
    return Grid(tuple(message(f"column.{name}") for name in names), tuple(rows))


def _row(test: TestAnalysis, stage: StageGrade) -> tuple[Cell, ...]:
    part = test.measurements.slice_of(stage.phase)
    latency = part.latency if part is not None else None
    phase = phase_of(test.phases, stage.phase)
    return (
        short_title(test.phases, phase) if phase is not None else stage.phase,
        _users(test, stage.phase),
        target(stage.throughput_target, Unit.NONE),
        tps(part.throughput if part is not None else None),
        error_rate_of(part),
        seconds(latency.p95 if latency is not None else None),
        seconds(latency.p99 if latency is not None else None),
        level_word(stage),
    )


def _users(test: TestAnalysis, name: str) -> Cell:
    """Return the level of a stage: virtual users, or the rate of an open model."""
    phase = phase_of(test.phases, name)
    if phase is not None and phase.level is not None:
        return round(phase.level) if phase.unit is LoadUnit.VUS else load_of(test.phases, phase)
    part = test.measurements.slice_of(name)
    return round(part.vus_max) if part is not None and part.vus_max is not None else None


def breaking_sentence(test: TestAnalysis) -> Message | None:
    """Say where the system reached its limit, or that it did not within the tested load."""
    point = test.grade.breaking_point
    if point is None:
        return None
    if point.phase is None:
        if point.last_good is None:
            return message("chapter.stages.not-judged")
        part = test.measurements.slice_of(point.last_good)
        stage = phase_name(test.phases, point.last_good)
        if part is None:
            return message("chapter.stages.held", stage=stage)
        throughput = Quantity(part.throughput, Unit.PER_SECOND)
        flat = _flat(test)
        if flat is not None:
            return message("chapter.stages.held-flat", stage=stage, rate=throughput, why=flat)
        return message("chapter.stages.held-at", stage=stage, rate=throughput)
    return _broken(test, point.last_good, point.phase, point.objective)


def _flat(test: TestAnalysis) -> Message | None:
    """What tells that throughput had reached its end although no target failed."""
    found = (one for one in test.diagnosis.findings if one.rule == "throughput-saturated")
    return next((one.summary for one in found), None)


def _broken(
    test: TestAnalysis, last_good: str | None, broken: str, objective: str | None
) -> Message:
    stage = phase_name(test.phases, broken)
    grade = _grade_of(test, broken, objective)
    why = verdict_sentence(grade) if grade is not None else message("chapter.stages.why-unknown")
    if last_good is None:
        return message("chapter.stages.broken-at-once", stage=stage, why=why)
    part = test.measurements.slice_of(last_good)
    good = phase_name(test.phases, last_good)
    if part is None:
        return message("chapter.stages.broken", stage=stage, good=good, why=why)
    throughput = Quantity(part.throughput, Unit.PER_SECOND)
    return message("chapter.stages.broken-after", stage=stage, good=good, rate=throughput, why=why)


def _grade_of(test: TestAnalysis, phase: str, objective: str | None) -> Grade | None:
    for stage in test.grade.stages:
        if stage.phase == phase:
            for grade in stage.grades:
                if grade.objective.id == objective:
                    return grade
    return None


def _missed(test: TestAnalysis) -> Iterator[Bullet]:
    """Yield what each stage missed, worst first; a stage that met all is passed over."""
    for stage in test.grade.stages:
        told = [grade for grade in stage.grades if grade.verdict in _TOLD and grade.counts]
        told.sort(key=lambda grade: _TOLD.index(grade.verdict))
        label = phase_name(test.phases, stage.phase)
        if told:
            first, *rest = told
            details = tuple(verdict_sentence(grade) for grade in rest)
            yield Bullet(verdict_sentence(first), label=label, details=details)
        elif stage.reason is not None:
            yield Bullet(stage.reason, label=label)


PLUGIN = ChapterSection("stages", 40, message("chapter.stages.title"), _build)
