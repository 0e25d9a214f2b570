"""Before and after: what the changes would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid, Paragraph, Section, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.outlooks import plan, remarks, rows
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block

_COLUMNS = ("change", "quantity", "where", "baseline", "value", "interval", "gain")


def _build(story: Story) -> Sequence[Block]:
    if any(test.outlooks for test in story.tests):
        return ()
    return (Paragraph((message("part.forecast.missing"),)),)


def _sections(story: Story) -> Sequence[Section]:
    return [
        Section(
            f"forecast-{place}",
            message("forecast.of-test", test=name_of(test.grade)),
            Style.LABEL,
            tuple(_blocks(test)),
        )
        for place, test in enumerate(story.tests, start=1)
        if test.outlooks
    ]


def _blocks(test: TestAnalysis) -> list[Block]:
    lines = [row for outlook in test.outlooks for row in rows(outlook)]
    blocks: list[Block] = []
    if lines:
        headings = tuple(message(f"forecast.column.{one}") for one in _COLUMNS)
        blocks.append(Grid(headings, tuple(lines)))
    bullets = [
        Bullet(
            plan(outlook.changes),
            details=tuple(
                said if label is None else message("forecast.line.remark", label=label, said=said)
                for label, said in remarks(outlook)
            ),
        )
        for outlook in test.outlooks
    ]
    return [*blocks, Bullets(tuple(bullets))]


PLUGIN = Part("forecast", None, 50, message("part.forecast.title"), Style.PLAIN, _build, _sections)
