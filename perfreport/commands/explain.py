"""`perfreport explain`: the raw lines and samples behind a finding, and its figures again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.explanation import explain
from perfreport.render.explanation import explanation_lines
from perfreport.render.i18n import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(report: Path, finding: str, paths: Sequence[str], *, lang: str) -> str:
    """Return what the command prints.

    Raises:
        PerfReportError: no such finding, no report, or files that can't be read.
    """
    words = Catalogue(lang)
    return "".join(
        f"{line}\n" for line in explanation_lines(explain(report, finding, paths), words)
    )
