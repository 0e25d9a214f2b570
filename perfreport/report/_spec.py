"""What a section of the report is. A section is a file; no list names them all.

`perfreport/report/parts/` holds the sections that stand once in a report,
`perfreport/report/chapter/` those that stand once in the chapter of every test, and
`perfreport/report/figures/` the pictures of a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.figure import Charts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block, Section, Style
    from perfreport.model.figure import Picture
    from perfreport.model.grade import Verdict
    from perfreport.model.message import Message
    from perfreport.model.run import Intake


@dataclass(frozen=True, slots=True)
class Story:
    """All that a section may tell of."""

    tests: tuple[TestAnalysis, ...]
    intake: Intake
    verdict: Verdict
    tool: str
    charts: Charts = Charts.NONE


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the report. Without blocks and sections of its own it is left out.

    `parent` is the id of the section it stands in, `order` its place there.
    """

    id: str
    parent: str | None
    order: int
    title: Message
    style: Style
    build: Callable[[Story], Sequence[Block]]
    sections: Callable[[Story], Sequence[Section]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class ChapterSection:
    """A section of a test's chapter: its place there, its title in bold, its blocks."""

    id: str
    order: int
    title: Message
    build: Callable[[TestAnalysis], Sequence[Block]]


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """A picture in a test's chapter: its place there; None where the test has nothing to draw."""

    id: str
    order: int
    build: Callable[[TestAnalysis], Picture | None]
