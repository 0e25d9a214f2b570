"""Request threads and connections of the web server by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Column, SignalTable, tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_TABLE = SignalTable(
    (
        Column("tomcat-busy", "tomcat.threads.busy", "peak", of="tomcat.threads.config.max"),
        Column("tomcat-queue", "tomcat.threads.queue", "peak"),
        Column(
            "connections", "tomcat.connections.current", "peak", of="tomcat.connections.config.max"
        ),
        Column("keep-alive", "tomcat.connections.keepalive.current", "peak"),
        Column("server-mean", "http.server.mean", "mean"),
        Column("server-rate", "http.server.rate", "mean"),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "network-threads", "network", 10, message("part.network-threads.title"), Style.LABEL, _build
)
