"""What to take away from the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph
from perfreport.model.grade import Grade, ValidityLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import ChapterSection
from perfreport.report.chapter.stages import breaking_sentence
from perfreport.report.phrases import name_of, phase_name, verdict_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block


def _build(test: TestAnalysis) -> Sequence[Block]:
    return (Paragraph(tuple(_sentences(test))),)


def _sentences(test: TestAnalysis) -> Iterator[Message]:
    name = name_of(test.grade)
    yield message(f"chapter.conclusion.{test.grade.verdict.value}", test=name)
    if test.validity.level is ValidityLevel.INVALID:
        yield message("chapter.conclusion.repeat")
        return
    limit = _limit(test)
    worst = worst_grade(test)
    if limit is not None:
        yield limit
    elif worst is not None:
        yield verdict_sentence(worst)
    unknown = [g for g in _all(test) if g.counts and g.verdict is Verdict.NO_DATA]
    if unknown and test.grade.verdict is not Verdict.FAIL:
        yield message("chapter.conclusion.unknown", count=len(unknown))


def _limit(test: TestAnalysis) -> Message | None:
    """Say up to which stage the system holds; None for a test without a breaking point."""
    point = test.grade.breaking_point
    if point is None or point.phase is None or point.last_good is None:
        return breaking_sentence(test)
    part = test.measurements.slice_of(point.last_good)
    if part is None:
        return breaking_sentence(test)
    return message(
        "chapter.conclusion.limit",
        good=phase_name(test.phases, point.last_good),
        rate=Quantity(part.throughput, Unit.PER_SECOND),
        stage=phase_name(test.phases, point.phase),
    )


def worst_grade(test: TestAnalysis) -> Grade | None:
    """Return the objective that was missed worst, relative to its limit; None if none was."""
    missed = [g for g in _all(test) if g.verdict in {Verdict.FAIL, Verdict.WARNING}]
    return max(missed, key=lambda grade: (grade.verdict.badness, past(grade)), default=None)


def past(grade: Grade) -> float:
    """Return how far past its limit a value lies, as a share of the limit."""
    if grade.margin is None or not grade.objective.target:
        return 0.0
    limits = [abs(bound.limit) for bound in grade.objective.target if bound.limit]
    return -grade.margin / min(limits) if limits else float("inf")


def _all(test: TestAnalysis) -> list[Grade]:
    return [*test.grade.grades, *(g for stage in test.grade.stages for g in stage.grades)]


PLUGIN = ChapterSection("conclusion", 900, message("chapter.conclusion.title"), _build)
