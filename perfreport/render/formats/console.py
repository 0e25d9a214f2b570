"""The summary for the terminal: the conclusion first, then what it rests on.

`show` prints to a rich console of any width; nothing that came from a dump is taken for markup.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.document import Bullets, Grid, Paragraph
from perfreport.model.finding import Role
from perfreport.model.grade import ValidityLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.render._spec import Format
from perfreport.render.cells import is_numeric, spell_cell
from perfreport.render.medium import PLAIN
from perfreport.report.phrases import verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console
    from rich.segment import Segment
    from rich.table import Table
    from rich.text import Text

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Section
    from perfreport.model.finding import Cell
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

_WIDTH = 80
_WIDE = 110
_MOST_ROWS = 12
_MOST_FINDINGS = 5
_LONGEST_NAME = 40
_INDENT = 2
_NARROWEST_NAME = 20
_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"  # makes terminals disagree on the width of a sign
_COLOURS = {
    "verdict.PASS": "green",
    "verdict.WARNING": "yellow",
    "verdict.FAIL": "red",
    "verdict.NO_DATA": "magenta",
    "verdict.INCONCLUSIVE": "magenta",
    "stage-level.normal": "green",
    "stage-level.warning": "yellow",
    "stage-level.failed": "red",
    "stage-level.collapsed": "red",
}
# Columns that only wide terminals have room for.
_SPARED = {
    "column.n",
    "column.interval",
    "column.p50",
    "column.max",
    "column.p95-successful",
    "column.endpoint-example",
}
_LEFT_TO_THE_REPORT = {"column.scenario", "column.seen"}


def show(
    report: Report, catalogue: Catalogue, console: Console, written: Sequence[Path] = ()
) -> None:
    """Print the summary of a report and where its files are."""
    screen = _Screen(catalogue.within(PLAIN), console)
    screen.headline(report)
    for test, chapter in report.chapters:
        screen.test(test, chapter)
    if not report.chapters:
        screen.losses(report)
    screen.files(written)


def _render(report: Report, catalogue: Catalogue) -> str:
    from rich.console import Console

    stream = io.StringIO()
    show(report, catalogue, Console(file=stream, width=_WIDTH, color_system=None))
    return stream.getvalue()


_DOUBTFUL = {ValidityLevel.QUESTIONABLE, ValidityLevel.INVALID}
_NO_DATA = verdict_word(Verdict.NO_DATA)


class _Screen:
    def __init__(self, catalogue: Catalogue, console: Console) -> None:
        self._catalogue = catalogue
        self._console = console

    def headline(self, report: Report) -> None:
        section = report.find("summary-verdict")
        if section is not None:
            key = f"verdict.{report.verdict.value}"
            for sentence in _sentences(section):
                self._line(self._say(sentence), style=f"bold {_COLOURS[key]}", indent=0)

    def test(self, test: TestAnalysis, chapter: Section) -> None:
        self._console.print()
        self._line(self._say(chapter.title), style="bold", indent=0)
        said = " ".join(self._say(sentence) for sentence in _sentences(chapter.find("verdict")))
        self._line(said, style=_COLOURS[f"verdict.{test.grade.verdict.value}"])
        self._validity(test)
        self._causes(test)
        for name in ("stages", "objectives", "script-thresholds"):
            self._section(chapter.find(name), without=_NO_DATA)
        self._section(chapter.find("errors"), most=_MOST_FINDINGS)
        if chapter.find("stages") is None and chapter.find("objectives") is None:
            self._section(chapter.find("endpoints"), most=_MOST_FINDINGS)

    def losses(self, report: Report) -> None:
        """Say what the given files look like: why nothing could be analysed."""
        self._section(report.find("appendix-losses"))

    def files(self, written: Sequence[Path]) -> None:
        if written:
            self._console.print()
            for path in written:
                self._line(self._say(message("console.written", path=str(path))), indent=0)

    def _causes(self, test: TestAnalysis) -> None:
        """The bottlenecks by rank: what the reader wants to know next after the verdict."""
        causes = [one for one in test.diagnosis.findings if one.role is Role.CAUSE]
        if not causes:
            return
        self._console.print()
        self._line(self._say(message("console.causes")), style="bold")
        for cause in causes[:_MOST_FINDINGS]:
            said = message("console.cause", title=cause.title, said=cause.summary)
            self._line(self._say(said), mark=f"{cause.rank}. ")

    def _validity(self, test: TestAnalysis) -> None:
        doubts = [f for f in test.validity.findings if f.validity in _DOUBTFUL]
        for finding in doubts[:_MOST_FINDINGS]:
            bad = finding.validity is ValidityLevel.INVALID
            said = message("console.finding", title=finding.title, said=finding.summary)
            self._line(self._say(said), style="red" if bad else "yellow", mark="! ")
        if len(doubts) > _MOST_FINDINGS:
            more = message("console.more-findings", more=len(doubts) - _MOST_FINDINGS)
            self._line(self._say(more))

    def _section(
        self, section: Section | None, most: int = _MOST_ROWS, without: Message | None = None
    ) -> None:
        """Print a section; table rows with the cell `without` are left to the report."""
        if section is None:
            return
        self._console.print()
        self._line(self._say(section.title), style="bold")
        for block in section.blocks:
            if isinstance(block, Grid):
                rows = tuple(row for row in block.rows if without not in row)
                if rows:
                    self._grid(replace(block, rows=rows), most)
            elif isinstance(block, Paragraph):
                self._line(" ".join(self._say(sentence) for sentence in block.sentences))
            elif isinstance(block, Bullets):
                for item in block.items[:_MOST_FINDINGS]:
                    lead = f"{self._say(item.label)}: " if item.label is not None else ""
                    self._line(lead + self._say(item.text), mark="- ")

    def _grid(self, grid: Grid, most: int) -> None:
        room = self._console.options.update(width=self._console.width - _INDENT)
        for line in self._console.render_lines(self._table(grid, most), room, pad=False):
            self._segments(" " * _INDENT, line)
        if len(grid.rows) > most:
            self._line(self._say(message("console.more-rows", more=len(grid.rows) - most)))

    def _table(self, grid: Grid, most: int) -> Table:
        from rich.table import Table

        spare = self._console.width < _WIDE
        kept = [
            place
            for place, heading in enumerate(grid.headings)
            if heading.key not in _LEFT_TO_THE_REPORT and not (spare and heading.key in _SPARED)
        ]
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for place in kept:
            column = [row[place] for row in grid.rows]
            table.add_column(
                self._plain(self._say(grid.headings[place])),
                justify="right" if is_numeric(column) else "left",
                overflow="fold",
                min_width=_NARROWEST_NAME if place == kept[0] else None,
                no_wrap=place != kept[0],
            )
        for row in grid.rows[:most]:
            table.add_row(*(self._cell(row[place]) for place in kept))
        return table

    def _cell(self, cell: Cell) -> Text:
        text = spell_cell(self._catalogue, cell, _LONGEST_NAME).strip("`")
        colour = _COLOURS.get(cell.key, "") if isinstance(cell, Message) else ""
        return self._plain(text, colour)

    def _say(self, said: Message) -> str:
        return str(self._catalogue.text(said))

    def _plain(self, text: str, style: str = "") -> Text:
        from rich.text import Text

        return Text(text.replace(_EMOJI_STYLE, ""), style=style)

    def _line(self, text: str, *, style: str = "", mark: str = "", indent: int = _INDENT) -> None:
        """Print one paragraph; its further lines hang below its first word."""
        room = self._console.width - indent - len(mark)
        lines = self._plain(text, style).wrap(self._console, room)
        for place, line in enumerate(lines):
            lead = " " * indent + (" " * len(mark) if place else mark)
            self._segments(lead, list(line.render(self._console)))

    def _segments(self, lead: str, line: Sequence[Segment]) -> None:
        """Print one line without trailing blanks."""
        from rich.segment import Segment, Segments

        kept = list(line)
        while kept and not kept[-1].text.strip():
            kept.pop()
        if kept:
            kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style)
        self._console.print(
            Segments([Segment(lead), *kept, Segment.line()]), end="", soft_wrap=True
        )


def _sentences(section: Section | None) -> Iterator[Message]:
    for block in section.blocks if section is not None else ():
        if isinstance(block, Paragraph):
            yield from block.sentences


PLUGIN = Format("console", None, _render)
