"""Answer first and call the remote service from an outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(situation: Situation) -> Iterator[Proposal]:
    """Asynchronous completion."""
    if situation.finding.rule == "http-threads-exhausted" and not situation.calls_out:
        return
    yield Proposal(
        message("remedies.event-outbox.change"),
        message("remedies.event-outbox.effect"),
        urgent=False,
    )


PLUGIN = Remedy(
    "event-outbox",
    frozenset({"downstream-timeout", "remote-call-in-transaction", "http-threads-exhausted"}),
    Horizon.LONG,
    Effort.MONTHS,
    propose,
)
