"""Enlarge a pool whose size alone limits: hold time is short, database and processors are idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.remedies._pool import MAX, larger_pool, limits
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_MOST_AT_ONCE = 4  # times today's size: the database was idle at today's load, not at any


def propose(situation: Situation) -> Iterator[Proposal]:
    """At least twice the size, up to what waited at the worst moment."""
    size = situation.measured("pool-max", "hikaricp.connections.max")
    if size is None:
        return
    waiting = situation.figure("pool-pending") or 0.0
    found = larger_pool(situation, min(_MOST_AT_ONCE * size, max(2 * size, size + waiting)))
    if found is None:
        return
    hold = situation.figure("pool-hold")
    effect = message("remedies.pool-size.effect-unknown")
    if hold:
        effect = message("remedies.pool-size.effect", **limits(found, hold))
    yield Proposal(
        message("remedies.pool-size.change", old=count(found.size), new=count(found.target)),
        effect,
        found.edits,
        notes=found.notes,
        plan=(Change(MAX, found.target),),
    )


PLUGIN = Remedy("pool-size", frozenset({"pool-undersized"}), Horizon.SHORT, Effort.HOURS, propose)
