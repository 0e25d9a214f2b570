"""Spread records over the partitions by a key that no single value dominates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """A finer key, as fine as the order of records allows."""
    yield Proposal(message("remedies.record-key.change"), message("remedies.record-key.effect"))


PLUGIN = Remedy(
    "record-key", frozenset({"kafka-partition-skew"}), Horizon.MID, Effort.DAYS, propose
)
