"""The application: heap, collections, threads, its log."""

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
    "application",
    frozenset({"gc-log", "jstat", "thread-dump", "app-log"}),
    (
        Column("cpu", "process.cpu.usage", "mean"),
        Column("heap-mean", "jvm.memory.heap.utilization", "mean"),
        Column("heap-peak", "jvm.memory.heap.utilization", "peak"),
        Column("gc-share", "jvm.gc.share", "mean"),
        Column("gc-pause", "jvm.gc.pause", "peak"),
        Column("threads", "jvm.threads.live", "peak"),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, _RESOURCE)


PLUGIN = Part(
    "application", "resources", 30, message("part.application.title"), Style.PLAIN, _build
)
