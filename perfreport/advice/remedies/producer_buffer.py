"""Give the producer room for the burst and make it send in larger, compressed batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.situation import size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_DEFAULT = 32 * 1024.0**2  # buffer.memory
_PATTERN = """\
spring:
  kafka:
    producer:
      buffer-memory: {buffer}MB
      batch-size: 64KB
      compression-type: lz4
      properties:
        linger.ms: 10
        max.block.ms: 2000"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """Twice the buffer, batches that fill, and a short wait instead of a minute."""
    now = situation.measured("producer-buffer", "kafka.producer.buffer-memory") or _DEFAULT
    wanted = 2 * now
    pattern = _PATTERN.format(buffer=round(wanted / 1024**2))
    yield Proposal(
        message("remedies.producer-buffer.change", old=size(now), new=size(wanted)),
        message("remedies.producer-buffer.effect"),
        examples=(Command(message("remedies.producer-buffer.example"), "yaml", pattern),),
    )


PLUGIN = Remedy(
    "producer-buffer",
    frozenset({"kafka-producer-blocked"}),
    Horizon.SHORT,
    Effort.HOURS,
    propose,
)
