"""Let one request refill an expired entry while the others wait for it."""

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
@Cacheable(cacheNames = "popular", sync = true)  // one loader per key and instance
List<Product> popular() {
    return products.findPopular();
}"""


def propose(_: Situation) -> Iterator[Proposal]:
    """The pattern, per instance."""
    yield Proposal(
        message("remedies.single-flight.change"),
        message("remedies.single-flight.effect"),
        examples=(Command(message("remedies.single-flight.example"), "java", _PATTERN),),
    )


PLUGIN = Remedy(
    "single-flight",
    frozenset({"cache-stampede", "cache-stampede-risk"}),
    Horizon.MID,
    Effort.DAYS,
    propose,
)
