"""Improvements in queries, indexes, transactions and caches."""

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
    return details(entries(story, Horizon.MID), whole=True)


PLUGIN = Part(
    "improvements-mid",
    "improvements",
    20,
    message("part.improvements.mid"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
