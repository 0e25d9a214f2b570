"""Raise partitions and consumers together: neither helps without the other."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from perfreport.advice._spec import Insert, Proposal, Remedy, Replace
from perfreport.advice.guards import consumer_ceiling
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.kafka import ConsumerGroups
from perfreport.model.message import Message, message
from perfreport.model.units import Unit, count, per_second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PARTITIONS, _CONSUMERS = "kafka.partitions", "kafka.consumer.concurrency"
_MOST_AT_ONCE = 4
_ROOM = 1.2
_PLAIN = re.compile(r"[\w.-]{1,120}")


def propose(situation: Situation) -> Iterator[Proposal]:
    """Consumers for the measured arrivals, as far as the pool can feed them."""
    inventory = situation.inventory
    produced, consumed = situation.figure("produce-rate"), situation.figure("consume-rate")
    partitions, topic = _partitions(situation)
    concurrency, replicas = _concurrency(situation), inventory.replicas
    if not produced or not consumed or not partitions or not concurrency:
        return
    working = min(partitions, concurrency * replicas)
    needed = math.ceil(_ROOM * produced * working / consumed)
    ceiling = consumer_ceiling(inventory)
    allowed = min(needed, _MOST_AT_ONCE * working)
    notes: list[Message] = []
    if ceiling is not None and ceiling.value * replicas < allowed:
        allowed = ceiling.value * replicas
        notes.append(message("advice.bound.pool", limit=count(ceiling.value)))
    each = max(concurrency, math.ceil(allowed / replicas))
    if ceiling is not None and each > concurrency:
        each = max(concurrency, min(each, ceiling.value))
    total = each * replicas
    if total <= working and partitions >= concurrency * replicas:
        return
    target = max(partitions, total)
    after = consumed * total / working
    if after < produced:
        notes.append(message("advice.consumers-not-enough", produced=per_second(produced)))
    edits: list[Replace | Insert] = []
    if each > concurrency:
        edits += situation.raised(_CONSUMERS, each, Unit.COUNT, "concurrency", "kafka.listener.")
    broker = inventory.setting(_PARTITIONS)
    if target > partitions and broker is not None and inventory.written(_PARTITIONS) != target:
        edits.append(Replace(broker, target))
    yield Proposal(
        message(
            "remedies.kafka-parallelism.change",
            partitions=count(partitions),
            partitions_after=count(target),
            consumers=count(concurrency * replicas),
            consumers_after=count(total),
        ),
        message(
            "remedies.kafka-parallelism.effect",
            before=per_second(consumed),
            after=per_second(after),
            produced=per_second(produced),
        ),
        tuple(edits),
        (_alter(topic, target),) if target > partitions else (),
        tuple(notes),
        (Change(_PARTITIONS, float(target)), Change(_CONSUMERS, float(each))),
    )


def _concurrency(situation: Situation) -> float | None:
    """Consumers per instance: as many as were seen to own partitions, else as configured."""
    inventory = situation.inventory
    owners = max((groups.owners for groups in situation.run.of(ConsumerGroups)), default=0)
    seen = math.ceil(owners / inventory.replicas)
    written = inventory.written(_CONSUMERS)
    return max(seen, written or 0.0) or inventory.value(_CONSUMERS)


def _partitions(situation: Situation) -> tuple[float | None, str | None]:
    """Partitions of the topic with most lag; the broker's default where nobody listed it."""
    seen: dict[str, set[int]] = {}
    lag: dict[str, int] = {}
    for groups in situation.run.of(ConsumerGroups):
        for snapshot in groups.snapshots:
            for row in snapshot.rows:
                if row.topic is not None and row.partition is not None:
                    seen.setdefault(row.topic, set()).add(row.partition)
                    lag[row.topic] = max(lag.get(row.topic, 0), row.lag or 0)
    if not seen:
        return situation.inventory.value(_PARTITIONS), None
    topic = max(sorted(seen), key=lambda one: lag[one])
    return float(len(seen[topic])), topic


def _alter(topic: str | None, partitions: float) -> Command:
    name = topic if topic is not None and _PLAIN.fullmatch(topic) else "<topic>"
    return Command(
        message("remedies.kafka-parallelism.example"),
        "bash",
        f"kafka-topics.sh --bootstrap-server localhost:9092 --alter "
        f"--topic {name} --partitions {round(partitions)}",
    )


PLUGIN = Remedy(
    "kafka-parallelism", frozenset({"kafka-consumer-slow"}), Horizon.SHORT, Effort.HOURS, propose
)
