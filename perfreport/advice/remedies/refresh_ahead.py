"""Renew hot entries before they expire, at times that differ."""

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
Duration lifetime(Duration base) {
    long spread = base.toMillis() / 10;
    return base.plusMillis(ThreadLocalRandom.current().nextLong(-spread, spread));
}"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A scheduled refresh with jitter."""
    yield Proposal(
        message("remedies.refresh-ahead.change"),
        message("remedies.refresh-ahead.effect"),
        examples=(Command(message("remedies.refresh-ahead.example"), "java", _PATTERN),),
    )


PLUGIN = Remedy(
    "refresh-ahead",
    frozenset({"cache-stampede", "cache-stampede-risk"}),
    Horizon.SHORT,
    Effort.DAYS,
    propose,
)
