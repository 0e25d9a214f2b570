"""Keep entries for as long as they may be old: a longer time to live, and memory to hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.situation import size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message
from perfreport.model.units import Unit, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


_TTL, _MEMORY = "cache.time-to-live", "redis.memory.max"
_LONGER = 5.0
_EVICTED = 0.5  # of the misses


def propose(situation: Situation) -> Iterator[Proposal]:
    """Memory where entries were evicted, else a longer time to live where one is configured."""
    evicted, misses = situation.figure("evictions") or 0.0, situation.figure("misses") or 0.0
    if evicted and evicted >= _EVICTED * misses:
        yield _memory(situation)
        return
    lifetime = situation.inventory.written(_TTL)
    effect = message("remedies.cache-lifetime.effect")
    if lifetime is None:
        yield Proposal(message("remedies.cache-lifetime.change"), effect)
        return
    target = _LONGER * lifetime
    yield Proposal(
        message("remedies.cache-lifetime.change-ttl", old=seconds(lifetime), new=seconds(target)),
        effect,
        situation.raised(_TTL, target, Unit.SECONDS, "time-to-live", "cache."),
    )


def _memory(situation: Situation) -> Proposal:
    effect = message("remedies.cache-lifetime.effect-memory")
    now = situation.inventory.written(_MEMORY)
    if now is None:
        return Proposal(message("remedies.cache-lifetime.change-memory"), effect)
    return Proposal(
        message("remedies.cache-lifetime.change-maxmemory", old=size(now), new=size(2 * now)),
        effect,
        situation.raised(_MEMORY, 2 * now, Unit.BYTES, "maxmemory", "redis."),
    )


PLUGIN = Remedy(
    "cache-lifetime", frozenset({"cache-inefficient"}), Horizon.SHORT, Effort.HOURS, propose
)
