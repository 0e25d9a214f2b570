"""Divide the hot row, or take orders for it one by one from a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """A change of the data model."""
    yield Proposal(
        message("remedies.stock-split.change"),
        message("remedies.stock-split.effect"),
        urgent=False,
    )


PLUGIN = Remedy(
    "stock-split", frozenset({"row-lock-contention"}), Horizon.LONG, Effort.MONTHS, propose
)
