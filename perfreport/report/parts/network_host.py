"""The hosts by phase: processor, memory, run queue."""

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
        Column("host-cpu", "host.cpu.usage", "mean"),
        Column("host-cpu-peak", "host.cpu.usage", "peak"),
        Column("host-memory", "host.memory.usage", "peak"),
        Column("run-queue", "system.run.queue", "mean"),
        Column("run-queue-peak", "system.run.queue", "peak"),
        Column("steal", "system.cpu.steal", "mean"),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "network-host", "network", 20, message("part.network-host.title"), Style.LABEL, _build
)
