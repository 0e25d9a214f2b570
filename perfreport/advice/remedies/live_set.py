"""Keep less alive in the heap: caches, sessions and large reads move out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """Where the live set is the load."""
    yield Proposal(
        message("remedies.live-set.change"),
        message("remedies.live-set.effect"),
        urgent=False,
    )


PLUGIN = Remedy("live-set", frozenset({"gc-pressure"}), Horizon.LONG, Effort.MONTHS, propose)
