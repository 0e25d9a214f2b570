"""The report as GitHub-flavoured Markdown: `report.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perfreport.model.document import Bullets, Grid, Paragraph, Section, Style
from perfreport.model.figure import BarChart, Charts, Figure, Picture
from perfreport.model.finding import Command, Excerpt
from perfreport.model.message import Message
from perfreport.render._spec import Format
from perfreport.render.cells import is_numeric, spell_cell
from perfreport.render.excerpts import shortened
from perfreport.render.i18n import Words
from perfreport.render.layout import fill, layouts
from perfreport.render.medium import MARKDOWN, fence, table_cell, visible
from perfreport.render.mermaid import mermaid
from perfreport.render.pictures import picture_path, pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

_DEEPEST = 6


def _render(report: Report, catalogue: Catalogue) -> str:
    page = _Page(catalogue.within(MARKDOWN), report.charts)
    beside = [(one.title, PLUGIN.file_of(one)) for one in report.companions]
    body = "\n\n".join(chunk for part in report.sections for chunk in page.section(part, 2))
    return page.fill("report", report=report, body=Words(body), beside=beside) + "\n"


class _Page:
    """One report in one language: sections to chunks of Markdown, each by its template."""

    def __init__(self, catalogue: Catalogue, charts: Charts) -> None:
        self._catalogue = catalogue
        self._charts = charts
        self._layouts: Environment = layouts(catalogue, "markdown")

    def fill(self, template: str, **values: Any) -> str:
        """Fill one template."""
        return fill(self._catalogue, self._layouts, f"{template}.md.j2", values).strip("\n")

    def section(self, section: Section, depth: int) -> Iterator[str]:
        """Yield the chunks of a section and of those below it."""
        blocks = [self._block(block) for block in section.blocks]
        if section.style is Style.LABEL:
            lead = bool(section.blocks) and isinstance(section.blocks[0], Paragraph)
            first = Words(blocks.pop(0)) if lead else None
            yield self.fill("label", title=section.title, text=first)
        else:
            yield self.fill("heading", section=section, depth=min(depth, _DEEPEST))
        yield from blocks
        for below in section.sections:
            yield from self.section(below, depth + 1)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return self.fill("paragraph", sentences=block.sentences)
            case Bullets():
                return self.fill("bullets", items=block.items, numbered=block.numbered)
            case Grid():
                return self._grid(block)
            case Excerpt():
                return self._code(block.language, "\n".join(shortened(block.lines)))
            case Command():
                return self._code(block.language, block.text)
            case Figure() | BarChart():
                return self._figure(block)

    def _figure(self, figure: Picture) -> str:
        if self._charts is Charts.SVG:
            return self.fill("figure", figure=figure, path=picture_path(figure))
        charts = [self._code("mermaid", text) for text in mermaid(figure, self._catalogue)]
        return self.fill("charts", figure=figure, charts=[Words(chart) for chart in charts])

    def _code(self, language: str, text: str) -> str:
        shown = "\n".join(visible(line) for line in text.splitlines())
        return self.fill("code", fence=Words(fence(shown)), language=language, text=Words(shown))

    def _grid(self, grid: Grid) -> str:
        columns = list(zip(*grid.rows, strict=True))
        rows = [
            [self._name(row[0], strong=grid.name_first), *map(self._cell, row[1:])]
            for row in grid.rows
        ]
        headings = [Words(table_cell(self._catalogue.text(name))) for name in grid.headings]
        numeric = [is_numeric(column) for column in columns]
        return self.fill("grid", headings=headings, rows=rows, numeric=numeric, notes=grid.notes)

    def _name(self, cell: Cell, *, strong: bool) -> Words:
        text = self._cell(cell)
        return Words(f"**{text}**") if strong and isinstance(cell, Message) else text

    def _cell(self, cell: Cell) -> Words:
        return Words(table_cell(spell_cell(self._catalogue, cell)))


PLUGIN = Format("markdown", "report.md", _render, pictures, readable=True)
