"""Keep what the heavy query computes ready to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """A projection, kept by events."""
    yield Proposal(
        message("remedies.read-model.change"),
        message("remedies.read-model.effect"),
        urgent=False,
    )


PLUGIN = Remedy(
    "read-model",
    frozenset({"cache-inefficient", "cache-stampede", "n-plus-one", "slow-query"}),
    Horizon.LONG,
    Effort.MONTHS,
    propose,
)
