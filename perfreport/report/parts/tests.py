"""One chapter per test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Section, Style
from perfreport.model.message import message
from perfreport.registry import discover
from perfreport.report import chapter
from perfreport.report._spec import ChapterSection, Part, Story
from perfreport.report.phrases import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis


def _chapters(story: Story) -> Sequence[Section]:
    known = sorted(discover(chapter, ChapterSection), key=lambda part: (part.order, part.id))
    return tuple(_chapter(test, place, known) for place, test in enumerate(story.tests, 1))


def _chapter(test: TestAnalysis, place: int, known: Sequence[ChapterSection]) -> Section:
    sections = tuple(
        Section(part.id, part.title, Style.LABEL, blocks)
        for part in known
        if (blocks := tuple(part.build(test)))
    )
    return Section(f"test-{place}", title_of(test.grade), Style.NUMBERED, (), sections)


PLUGIN = Part(
    "tests", "metrics", 20, message("part.tests.title"), Style.NUMBERED, lambda _: (), _chapters
)
