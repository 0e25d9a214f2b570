"""Take work out of the hottest code path, or do it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(situation: Situation) -> Iterator[Proposal]:
    """The method that thread dumps show, else what a profile will point at."""
    method = situation.finding.subject
    change = message("remedies.hot-code.change")
    if method is not None:
        change = message("remedies.hot-code.change-named", method=method)
    yield Proposal(change, message("remedies.hot-code.effect"))


PLUGIN = Remedy("hot-code", frozenset({"cpu-saturated"}), Horizon.MID, Effort.WEEKS, propose)
