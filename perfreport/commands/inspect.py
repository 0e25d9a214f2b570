"""`perfreport inspect`: what each file was taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from perfreport import pipeline
from perfreport.render import terminal
from perfreport.render.i18n import Catalogue
from perfreport.report.inspection import as_json as inspection_as_json
from perfreport.report.inspection import inspect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(paths: Sequence[str], lang: str, templates: Path | None, *, as_json: bool) -> str | None:
    """Return the JSON to print, or show a table on the terminal and return None.

    Raises:
        PerfReportError: a named input is missing or unreadable.
    """
    words = Catalogue(lang, templates)
    with pipeline.read(paths) as intake:
        if as_json:
            found = inspection_as_json(inspect(intake), words.text)
            return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        terminal.show_intake(intake, words)
    return None
