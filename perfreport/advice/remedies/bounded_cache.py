"""Whatever is kept across requests has a size and an age at which it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
Cache<String, Session> sessions = Caffeine.newBuilder()
        .maximumSize(10_000)
        .expireAfterAccess(Duration.ofMinutes(30))
        .build();"""


def propose(_: Situation) -> Iterator[Proposal]:
    """The usual holders: static maps, listeners, thread locals."""
    yield Proposal(
        message("remedies.bounded-cache.change"),
        message("remedies.bounded-cache.effect"),
        examples=(Command(message("remedies.bounded-cache.example"), "java", _PATTERN),),
    )


PLUGIN = Remedy("bounded-cache", frozenset({"heap-leak"}), Horizon.MID, Effort.DAYS, propose)
