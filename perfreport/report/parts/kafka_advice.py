"""Changes recommended for the Kafka."""

from __future__ import annotations

from perfreport.report.parts._recommended import recommended
from perfreport.report.parts.kafka import RESOURCE

PLUGIN = recommended(RESOURCE, ("kafka-",))
