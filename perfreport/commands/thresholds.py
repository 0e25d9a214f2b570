"""`perfreport thresholds check`: lint threshold files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.errors import ExitCode
from perfreport.grading import check_thresholds
from perfreport.model.message import message
from perfreport.render import terminal
from perfreport.render.i18n import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(files: Sequence[Path], *, lang: str) -> ExitCode:
    """Say every mistake, or that there is none."""
    mistakes = check_thresholds(files)
    said = [found.text for found in mistakes] or [message("thresholds.fine", count=len(files))]
    terminal.say(said, Catalogue(lang))
    return ExitCode.USAGE if mistakes else ExitCode.PASSED
