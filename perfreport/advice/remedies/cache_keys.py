"""Cache what is asked for again: keys that requests share, entries loaded ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """Shared keys and a warm-up."""
    yield Proposal(message("remedies.cache-keys.change"), message("remedies.cache-keys.effect"))


PLUGIN = Remedy("cache-keys", frozenset({"cache-inefficient"}), Horizon.MID, Effort.DAYS, propose)
