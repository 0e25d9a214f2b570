"""The cache."""

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
    "cache",
    frozenset({"redis-info", "redis-slowlog"}),
    (
        "redis.",
        "cache.",
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, RESOURCE)


PLUGIN = Part("cache", "resources", 20, message("part.cache.title"), Style.PLAIN, _build)
