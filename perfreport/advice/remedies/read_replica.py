"""Send reads that bear some delay to a replica; only for a statement that is a plain read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_READ = re.compile(r"\s*select\b", re.IGNORECASE)
_LOCKING = re.compile(r"\bfor\s+(?:update|share)\b|\block\s+in\s+share\b", re.IGNORECASE)


def propose(situation: Situation) -> Iterator[Proposal]:
    """Nothing for writes and locking reads: a replica can't serve them."""
    statement = situation.finding.subject or ""
    if _READ.match(statement) and not _LOCKING.search(statement):
        yield Proposal(
            message("remedies.read-replica.change"),
            message("remedies.read-replica.effect"),
            urgent=False,
        )


PLUGIN = Remedy(
    "read-replica",
    frozenset({"database-saturated", "slow-query"}),
    Horizon.LONG,
    Effort.MONTHS,
    propose,
)
