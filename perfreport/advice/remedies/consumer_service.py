"""Run consumers apart from the web application, with their own pool and scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """A service of its own."""
    yield Proposal(
        message("remedies.consumer-service.change"),
        message("remedies.consumer-service.effect"),
        urgent=False,
    )


PLUGIN = Remedy(
    "consumer-service", frozenset({"kafka-consumer-slow"}), Horizon.LONG, Effort.MONTHS, propose
)
