"""The verdict in one line, before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph
from perfreport.model.grade import ValidityLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import verdict_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block


def _build(test: TestAnalysis) -> Sequence[Block]:
    sentences = [message("chapter.verdict.word", verdict=verdict_word(test.grade.verdict))]
    counted = counts(test)
    if counted is not None:
        sentences.append(counted)
    if test.validity.level is not ValidityLevel.VALID:
        sentences.append(message(f"chapter.verdict.{test.validity.level.value}"))
    return (Paragraph(tuple(sentences)),)


def counts(test: TestAnalysis) -> Message | None:
    """Say how many objectives were met, missed and not judged; None where there are none."""
    grades = [*test.grade.grades, *(g for stage in test.grade.stages for g in stage.grades)]
    verdicts = [grade.verdict for grade in grades]
    if not verdicts:
        return message("chapter.verdict.no-objectives")
    met = verdicts.count(Verdict.PASS)
    if met == len(verdicts):
        return message("chapter.verdict.all-met", total=met)
    if not met and len(set(verdicts)) == 1:
        return message(f"chapter.verdict.none-met.{verdicts[0].value}", total=len(verdicts))
    parts = [
        message(f"chapter.verdict.count.{verdict.value}", n=verdicts.count(verdict))
        for verdict in (Verdict.FAIL, Verdict.WARNING, Verdict.INCONCLUSIVE, Verdict.NO_DATA)
        if verdict in verdicts
    ]
    return message("chapter.verdict.counts", total=len(verdicts), met=met, others=tuple(parts))


PLUGIN = ChapterSection("verdict", 10, message("chapter.verdict.title"), _build)
