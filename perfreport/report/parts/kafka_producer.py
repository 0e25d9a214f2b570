"""The producer by phase: what it sends, and its buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Column, SignalTable, tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _sent(heading: str, stat: str) -> Column:
    """What the producers count, else what arrives in the topics."""
    arrived = Column(heading, "kafka.producer.rate", stat)
    gauge = Column(heading, "kafka.producer.record.send.rate", stat, instead=arrived)
    return Column(heading, "kafka.producer.record.send.total", stat, instead=gauge)


_TABLE = SignalTable(
    (
        _sent("send-rate", "mean"),
        _sent("send-peak", "peak"),
        Column("send-errors", "kafka.producer.record.error.total", "increase"),
        Column("send-error-share", "kafka.producer.error.ratio", "mean"),
        Column(
            "buffer-left",
            "kafka.producer.buffer.available.bytes",
            "minimum",
            of="kafka.producer.buffer.total.bytes",
        ),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "kafka-producer", "kafka", 10, message("part.kafka-producer.title"), Style.LABEL, _build
)
