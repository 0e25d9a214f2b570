"""Who leads, who mends, who tells: rows for people to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import incidents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_COLUMNS = ("role", "owner", "deputy", "reach")
_BLANK = message("incident.blank")


def _build(story: Story) -> Sequence[Block]:
    causes = dict.fromkeys(one.cause.title for one in incidents(story))
    roles = [
        message("incident.role.lead"),
        *(message("incident.role.cause", title=title) for title in causes),
        message("incident.role.notices"),
    ]
    headings = tuple(message(f"incident.column.{name}") for name in _COLUMNS)
    rows = tuple((role, _BLANK, _BLANK, _BLANK) for role in roles)
    return (Paragraph((message("incident.contacts.intro"),)), Grid(headings, rows))


PLUGIN = Part("contacts", None, 60, message("incident.contacts.title"), Style.NUMBERED, _build)
