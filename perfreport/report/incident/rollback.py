"""How to take back what was changed in a hurry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import incidents, now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_COLUMNS = ("change", "rollback", "files")


def _build(story: Story) -> Sequence[Block]:
    rows = {
        (one.title, one.rollback): tuple(dict.fromkeys(entry.path for entry in one.changes))
        for incident in incidents(story)
        for one in now(incident)
    }
    if not rows:
        return ()
    headings = tuple(message(f"incident.column.{name}") for name in _COLUMNS)
    cells = tuple(
        (*key, message("report.codes", texts=paths) if paths else None)
        for key, paths in rows.items()
    )
    return (Paragraph((message("incident.rollback.when"),)), Grid(headings, cells))


PLUGIN = Part("rollback", None, 50, message("incident.rollback.title"), Style.NUMBERED, _build)
