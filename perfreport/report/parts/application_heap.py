"""Heap and garbage collection by phase."""

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
        Column("heap-mean", "jvm.memory.heap.utilization", "mean"),
        Column("heap-peak", "jvm.memory.heap.utilization", "peak"),
        Column("heap-after", "jvm.memory.heap.after.gc", "peak"),
        # Where there was no pause at all, there was no Full GC either: a log that was read says 0.
        Column(
            "gc-count",
            "jvm.gc.pause",
            "increase",
            instead=Column("gc-count", "jvm.gc.full", "increase"),
        ),
        Column(
            "gc-full",
            "jvm.gc.full",
            "increase",
            instead=Column(
                "gc-full", "jvm.gc.pause", "increase", where=("action", "end of major GC")
            ),
        ),
        Column("gc-mean", "jvm.gc.pause", "mean"),
        Column("gc-pause", "jvm.gc.pause", "peak"),
        Column("gc-share", "jvm.gc.share", "mean"),
    ),
    needs=frozenset({"jvm.memory.heap.utilization", "jvm.gc.pause", "jvm.memory.heap.after.gc"}),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "application-heap",
    "application",
    10,
    message("part.application-heap.title"),
    Style.LABEL,
    _build,
)
