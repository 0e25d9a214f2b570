"""Give a pool that is held during remote calls more connections until the calls move out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.remedies._pool import MAX, current_size, larger_pool, limits
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(situation: Situation) -> Iterator[Proposal]:
    """Twice the size: it shifts the limit and leaves the cause."""
    size = current_size(situation)
    found = None if size is None else larger_pool(situation, 2 * size)
    if found is None:
        return
    hold = situation.figure("pool-hold")
    effect = message("remedies.pool-stopgap.effect-unknown")
    if hold:
        effect = message("remedies.pool-stopgap.effect", **limits(found, hold))
    yield Proposal(
        message("remedies.pool-stopgap.change", old=count(found.size), new=count(found.target)),
        effect,
        found.edits,
        notes=found.notes,
        plan=(Change(MAX, found.target),),
        urgent=False,
    )


PLUGIN = Remedy(
    "pool-stopgap", frozenset({"remote-call-in-transaction"}), Horizon.SHORT, Effort.HOURS, propose
)
