"""What suggests itself and would not help, said before somebody tries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice.guards import consumer_ceiling, pool_ceiling
from perfreport.model.advice import Futile
from perfreport.model.message import message
from perfreport.model.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_ALWAYS = {
    "row-lock-contention": ("hot-row-pool", "hot-row-optimistic"),
    "slow-query": ("slow-query-pool",),
    "connection-leak": ("leak-pool",),
    "database-saturated": ("database-pool",),
    "downstream-timeout": ("downstream-threads",),
    "cpu-saturated": ("cpu-threads",),
    "gc-pressure": ("gc-pool",),
    "heap-leak": ("leak-heap",),
    "kafka-consumer-slow": ("partitions-alone",),
    "cache-stampede": ("stampede-pool",),
    "http-threads-exhausted": ("threads-pool",),
}


def futile(situation: Situation) -> Iterator[Futile]:
    """Say what not to do about a finding, with its reason."""
    rule = situation.finding.rule
    for key in _ALWAYS.get(rule, ()):
        yield Futile(rule, message(f"advice.futile.{key}"))
    if rule == "kafka-consumer-slow":
        yield from _consumers(situation)
    if rule != "pool-undersized":
        return
    size = situation.inventory.written("hikaricp.connections.max")
    ceiling = pool_ceiling(situation.inventory)
    if size is not None and ceiling.value <= size:
        key = f"advice.futile.pool-at-{ceiling.bound}"
        yield Futile(rule, message(key, size=count(size), limit=count(ceiling.value)))


def _consumers(situation: Situation) -> Iterator[Futile]:
    """More consumers than connections for them would wait for each other."""
    concurrency = situation.inventory.value("kafka.consumer.concurrency")
    ceiling = consumer_ceiling(situation.inventory)
    pool = situation.inventory.value("hikaricp.connections.max")
    if concurrency and ceiling is not None and pool and ceiling.value <= concurrency:
        said = message(
            "advice.futile.consumers-at-pool", consumers=count(concurrency), pool=count(pool)
        )
        yield Futile(situation.finding.rule, said)
