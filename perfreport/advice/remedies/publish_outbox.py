"""Requests don't wait for the broker: the message is stored with the order and sent afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


def propose(_: Situation) -> Iterator[Proposal]:
    """A relay reads the outbox table and publishes."""
    yield Proposal(
        message("remedies.publish-outbox.change"), message("remedies.publish-outbox.effect")
    )


PLUGIN = Remedy(
    "publish-outbox", frozenset({"kafka-producer-blocked"}), Horizon.MID, Effort.WEEKS, propose
)
