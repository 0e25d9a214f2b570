"""The heap by phase."""

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
    ),
    needs=frozenset({"jvm.memory.heap.utilization", "jvm.memory.heap.after.gc"}),
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
