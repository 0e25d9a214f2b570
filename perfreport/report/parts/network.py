"""The network and the connectors of the web server."""

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
    "network",
    frozenset({"host-stats"}),
    (
        "tomcat.",
        "jetty.",
        "undertow.",
        "system.",
        "node.",
        "container.",
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, RESOURCE)


PLUGIN = Part("network", "metrics", 40, message("part.network.title"), Style.NUMBERED, _build)
