"""Which incidents the tests brought out, and what users would feel of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import incidents, judged, unexplained
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_COLUMNS = ("cause", "test", "priority", "symptoms")


def _build(story: Story) -> Sequence[Block]:
    found = incidents(story)
    if found:
        headings = tuple(message(f"incident.column.{name}") for name in _COLUMNS)
        rows = tuple(
            (
                one.cause.title,
                name_of(one.test.grade),
                message(f"priority.{one.cause.priority.value}") if one.cause.priority else None,
                message("report.listed", items=tuple(s.title for s in one.symptoms))
                if one.symptoms
                else None,
            )
            for one in found
        )
        intro = message("incident.situation.found", count=len(found))
        return (Paragraph((intro,)), Grid(headings, rows))
    if not judged(story):
        return (Paragraph((message("incident.situation.void"),)),)
    open_symptoms = any(unexplained(story))
    return (Paragraph((message(f"incident.situation.{'open' if open_symptoms else 'none'}"),)),)


PLUGIN = Part("situation", None, 10, message("incident.situation.title"), Style.NUMBERED, _build)
