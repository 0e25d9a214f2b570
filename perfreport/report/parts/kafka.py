"""Kafka: producer, consumer, lag."""

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
    "kafka",
    frozenset({"kafka-consumer-groups"}),
    ("kafka.",),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, RESOURCE)


PLUGIN = Part("kafka", "resources", 40, message("part.kafka.title"), Style.PLAIN, _build)
