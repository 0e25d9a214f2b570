"""The verdict and why, before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import verdict_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block


def _build(test: TestAnalysis) -> Sequence[Block]:
    word = message("chapter.verdict.word", verdict=verdict_word(test.grade.verdict))
    return (Paragraph((word, *test.grade.reasons)),)


PLUGIN = ChapterSection("verdict", 10, message("chapter.verdict.title"), _build)
