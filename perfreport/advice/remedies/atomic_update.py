"""One conditional update instead of a lock, a check and a write: the row is held for moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
@Modifying
@Query("update Stock s set s.quantity = s.quantity - :n where s.id = :id and s.quantity >= :n")
int take(long id, int n);  // 1: taken, 0: sold out"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """The share of held time that waits for locks is what it can win back."""
    part = situation.figure("lock-share")
    effect = message("remedies.atomic-update.effect-unknown")
    if part is not None:
        effect = message("remedies.atomic-update.effect", part=share(part))
    yield Proposal(
        message("remedies.atomic-update.change"),
        effect,
        examples=(Command(message("remedies.atomic-update.example"), "java", _PATTERN),),
        notes=(message("remedies.atomic-update.note"),),
        plan=(Change("transaction.row-lock", "short"),),
    )


PLUGIN = Remedy(
    "atomic-update", frozenset({"row-lock-contention"}), Horizon.MID, Effort.DAYS, propose
)
