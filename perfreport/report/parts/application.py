"""The application: heap, collections, threads, its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Resource, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

RESOURCE = Resource(
    "application",
    frozenset({"gc-log", "jstat", "thread-dump", "app-log"}),
    (
        "jvm.",
        "process.",
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, RESOURCE)


PLUGIN = Part(
    "application", "resources", 30, message("part.application.title"), Style.PLAIN, _build
)
