"""The figures of a report as SVG files, drawn offline by vl-convert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perfreport.errors import UsageError
from perfreport.model.figure import BarChart, Charts, Figure, Picture
from perfreport.model.message import message
from perfreport.render.vega import specification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

FOLDER = "figures"


def figures_of(report: Report) -> Iterator[Picture]:
    """Yield every figure in reading order."""
    for part in report.sections:
        for section in part.walk():
            yield from (block for block in section.blocks if isinstance(block, Figure | BarChart))


def picture_path(figure: Picture) -> str:
    """Return where a figure lies, seen from the report."""
    return f"{FOLDER}/{figure.id}.svg"


def pictures(report: Report, catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every SVG file that a report refers to.

    Raises:
        UsageError: the package that draws is not installed.
    """
    if report.charts is not Charts.SVG:
        return
    for figure in figures_of(report):
        yield picture_path(figure), drawing(figure, catalogue).encode()


def drawing(figure: Picture, catalogue: Catalogue) -> str:
    """Return one figure as SVG."""
    svg: str = converter().vegalite_to_svg(specification(figure, catalogue), allowed_base_urls=[])
    return svg if svg.endswith("\n") else f"{svg}\n"


def converter() -> Any:
    """Return vl-convert.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import vl_convert
    except ImportError as fault:
        raise UsageError(message("error.charts-missing"), message("hint.charts-missing")) from fault
    return vl_convert
