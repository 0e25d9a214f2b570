"""The network and the connectors of the web server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Column, Resource, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_RESOURCE = Resource(
    "network",
    frozenset({"host-stats"}),
    (
        Column("tomcat-busy", "tomcat.threads.busy", "peak", of="tomcat.threads.config.max"),
        Column("connections", "tomcat.connections.current", "peak"),
        Column("run-queue", "system.run.queue", "peak"),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, _RESOURCE)


PLUGIN = Part("network", "metrics", 40, message("part.network.title"), Style.NUMBERED, _build)
