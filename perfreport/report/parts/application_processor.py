"""What the application takes of the processor, and its threads, by phase."""

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
        Column("cpu", "process.cpu.usage", "mean"),
        Column("cpu-peak", "process.cpu.usage", "peak"),
        Column("threads", "jvm.threads.live", "peak"),
    ),
    needs=frozenset({"process.cpu.usage", "jvm.threads.live"}),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "application-processor",
    "application",
    30,
    message("part.application-processor.title"),
    Style.LABEL,
    _build,
)
