"""What an output format is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perfreport.model.report import Document, Report
    from perfreport.render.i18n import Catalogue


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a report: a module `perfreport/render/formats/<id>.py`, its PLUGIN.

    `file_name` is the file it is written to; None: meant for the terminal only. `render` is pure:
    the same report and catalogue give the same text. `beside` gives the files that the text refers
    to, as path (seen from the text) and content. `inline`: figures stand in the text itself.
    `readable`: for people, who want the report's companions in this format as well.
    """

    id: str
    file_name: str | None
    render: Callable[[Report, Catalogue], str | bytes]
    beside: Callable[[Report, Catalogue], Iterable[tuple[str, bytes]]] | None = None
    inline: bool = False
    readable: bool = False

    def file_of(self, companion: Document) -> str:
        """Return the file that a companion of the report is written to."""
        return f"{companion.id}{PurePosixPath(self.file_name or '').suffix}"
