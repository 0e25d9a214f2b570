"""Improvements of the architecture, with their trade-offs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._improvements import details, entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Section


def _sections(story: Story) -> Sequence[Section]:
    return details(entries(story, Horizon.LONG), whole=True)


PLUGIN = Part(
    "improvements-long",
    "improvements",
    30,
    message("part.improvements.long"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
