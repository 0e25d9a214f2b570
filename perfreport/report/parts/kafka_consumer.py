"""Consumer groups by phase: what they take, and their lag."""

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
        Column("consume-rate", "kafka.consumer.rate", "mean"),
        Column("lag-mean", "kafka.consumer.lag", "mean"),
        Column("lag", "kafka.consumer.lag", "peak"),
    ),
    by="group",
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "kafka-consumer", "kafka", 20, message("part.kafka-consumer.title"), Style.LABEL, _build
)
