"""One chapter per test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.document import Section, Style
from perfreport.model.figure import Charts
from perfreport.model.message import message
from perfreport.registry import discover
from perfreport.report import chapter, figures
from perfreport.report._spec import ChapterSection, FigurePlan, Part, Story
from perfreport.report.phrases import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.figure import Picture

_PICTURES_AT = 60  # after the tables, before the bottlenecks and the conclusion


def _chapters(story: Story) -> Sequence[Section]:
    known = sorted(discover(chapter, ChapterSection), key=lambda part: (part.order, part.id))
    drawn = discover(figures, FigurePlan) if story.charts is not Charts.NONE else ()
    plans = sorted(drawn, key=lambda plan: (plan.order, plan.id))
    return tuple(_chapter(test, place, known, plans) for place, test in enumerate(story.tests, 1))


def _chapter(
    test: TestAnalysis, place: int, known: Sequence[ChapterSection], plans: Sequence[FigurePlan]
) -> Section:
    built = [
        (part.order, Section(part.id, part.title, Style.LABEL, blocks))
        for part in known
        if (blocks := tuple(part.build(test)))
    ]
    pictures = tuple(_pictures(test, place, plans))
    if pictures:
        title = message("figure.section")
        built.append((_PICTURES_AT, Section("figures", title, Style.LABEL, pictures)))
    sections = tuple(section for _, section in sorted(built, key=lambda pair: pair[0]))
    return Section(f"test-{place}", title_of(test.grade), Style.NUMBERED, (), sections)


def _pictures(test: TestAnalysis, place: int, plans: Sequence[FigurePlan]) -> Iterator[Picture]:
    for plan in plans:
        figure = plan.build(test)
        if figure is not None:
            yield replace(figure, id=f"test-{place}-{plan.id}")


PLUGIN = Part(
    "tests", "metrics", 20, message("part.tests.title"), Style.NUMBERED, lambda _: (), _chapters
)
