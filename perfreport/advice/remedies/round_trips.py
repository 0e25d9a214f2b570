"""Fewer statements per transaction hold a connection for less time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """Batching and fetching in one statement."""
    yield Proposal(
        message("remedies.round-trips.change"),
        message("remedies.round-trips.effect"),
    )


PLUGIN = Remedy(
    "round-trips",
    frozenset({"n-plus-one", "pool-undersized"}),
    Horizon.MID,
    Effort.WEEKS,
    propose,
)
