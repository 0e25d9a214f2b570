"""The step summary of GitHub Actions: the report, conclusion first, within GitHub's limit.

Pictures and companions are files, which a summary can't show: they are left out. GitHub shows
nothing of a summary past 1 MiB. Sections are left out whole, the last ones first, until the rest
fits; what stands first is the executive summary with the verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph, Section, Style
from perfreport.model.figure import BarChart, Figure
from perfreport.model.message import message
from perfreport.render._spec import Format
from perfreport.render.formats import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

# Of GitHub's 1 MiB, leave room for what other steps of the same job write beside it.
MOST_BYTES = 1_000_000


def render(report: Report, catalogue: Catalogue) -> str:
    """Return as many sections of the Markdown report as GitHub shows."""
    return fitted(report, catalogue, MOST_BYTES)


def fitted(report: Report, catalogue: Catalogue, most_bytes: int) -> str:
    """Return the Markdown report without the last sections that make it too long."""
    sections = tuple(map(without_pictures, report.sections))
    report = replace(report, sections=sections, companions=())
    text = _markdown(report, catalogue)
    leaves = sum(1 for part in report.sections for _ in part.walk())
    low, high = 0, leaves
    if _size(text) <= most_bytes:
        return text
    while low < high - 1:  # the most sections that fit, counted in reading order
        middle = (low + high) // 2
        if _size(_shortened(report, catalogue, middle)) <= most_bytes:
            low = middle
        else:
            high = middle
    return _shortened(report, catalogue, low)


def without_pictures(section: Section) -> Section:
    """Return a section of text and tables only."""
    blocks = tuple(block for block in section.blocks if not isinstance(block, Figure | BarChart))
    below = tuple(map(without_pictures, section.sections))
    return replace(section, blocks=blocks, sections=below)


def _shortened(report: Report, catalogue: Catalogue, count: int) -> str:
    kept, _ = _first(report.sections, count)
    said = Paragraph((message("github.shortened", file=markdown.PLUGIN.file_name or ""),))
    note = Section("shortened", message("github.shortened-title"), Style.LABEL, (said,))
    return _markdown(replace(report, sections=(*kept, note)), catalogue)


def _first(sections: Sequence[Section], count: int) -> tuple[tuple[Section, ...], int]:
    """Keep the first `count` sections of a tree in reading order; return what is left to keep."""
    kept = []
    for section in sections:
        if count <= 0:
            break
        below, count = _first(section.sections, count - 1)
        kept.append(replace(section, sections=below))
    return tuple(kept), count


def _markdown(report: Report, catalogue: Catalogue) -> str:
    text = markdown.PLUGIN.render(report, catalogue)
    return text if isinstance(text, str) else text.decode()


def _size(text: str) -> int:
    return len(text.encode())


PLUGIN = Format(id="github", file_name="github-summary.md", render=render)
