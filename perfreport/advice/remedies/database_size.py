"""Give the database the processors and memory its statements need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(situation: Situation) -> Iterator[Proposal]:
    """More cores, and memory for the buffer pool."""
    cores = situation.figure("cores")
    yield Proposal(
        message("remedies.database-size.change")
        if cores is None
        else message("remedies.database-size.change-cores", cores=cores),
        message("remedies.database-size.effect"),
    )


PLUGIN = Remedy(
    "database-size", frozenset({"database-saturated"}), Horizon.SHORT, Effort.DAYS, propose
)
