"""Fewer statements per transaction hold a connection for less time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


_ONE_LIST = 1000.0  # rows: no list that a page shows is longer


def propose(situation: Situation) -> Iterator[Proposal]:
    """Batching and fetching in one statement; a forecast for the one that is repeated."""
    finding = situation.finding
    repeated = finding.subject if finding.rule == "n-plus-one" else None
    yield Proposal(
        message("remedies.round-trips.change"),
        message("remedies.round-trips.effect"),
        plan=(Change(f"batch:{repeated}", _ONE_LIST),) if repeated else (),
    )


PLUGIN = Remedy(
    "round-trips",
    frozenset({"n-plus-one", "pool-undersized"}),
    Horizon.MID,
    Effort.WEEKS,
    propose,
)
