"""Write many records in one statement: the cost per record falls with the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import count, per_second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
@KafkaListener(topics = "${topic}", batch = "true")
void consume(List<Issue> issues) {
    jdbc.batchUpdate("insert ignore into issued (request_id, user_id) values (?, ?)",
        issues, ${size}, (row, issue) -> {
            row.setString(1, issue.id());
            row.setLong(2, issue.user());
        });
}"""
_SETTINGS = """\
spring:
  datasource:
    hikari:
      data-source-properties:
        rewriteBatchedStatements: true
  kafka:
    listener:
      type: batch"""


_BATCH = 50.0  # records: enough to share one round trip and commit, few enough to redo


def propose(situation: Situation) -> Iterator[Proposal]:
    """How many times faster a consumer has to get; what a batch brings was not measured."""
    produced, consumed = situation.figure("produce-rate"), situation.figure("consume-rate")
    effect = message("remedies.batch-listener.effect-unknown")
    if produced and consumed:
        effect = message(
            "remedies.batch-listener.effect",
            times=produced / consumed,
            before=per_second(consumed),
            produced=per_second(produced),
        )
    size = min(_BATCH, situation.inventory.value("kafka.consumer.max-poll-records") or _BATCH)
    yield Proposal(
        message("remedies.batch-listener.change", size=count(size)),
        effect,
        examples=(
            Command(
                message("remedies.batch-listener.example"),
                "java",
                _PATTERN.replace("${size}", f"{round(size)}"),
            ),
            Command(message("remedies.batch-listener.settings"), "yaml", _SETTINGS),
        ),
        notes=(message("remedies.batch-listener.note"),),
        plan=(Change("kafka.consumer.batch", size),),
    )


PLUGIN = Remedy(
    "batch-listener", frozenset({"kafka-consumer-slow"}), Horizon.MID, Effort.WEEKS, propose
)
