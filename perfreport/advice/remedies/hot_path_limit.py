"""Keep a hot row from holding the whole pool: few requests at a time on the path that locks it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.remedies._pool import current_size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.message import message
from perfreport.model.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_CROWDED = 0.5  # of the pool waits for locks: others can't get a connection
_PART = 0.25  # of the pool: one works, the rest is ready to take over
_FEWEST = 2
_PATTERN = """\
resilience4j:
  bulkhead:
    instances:
      hotRow:
        max-concurrent-calls: {calls}
        max-wait-duration: 500ms"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """Only where waiting transactions crowd the pool; the row itself gets no faster."""
    waiting, size = situation.figure("lock-waiting"), current_size(situation)
    if not waiting or not size or waiting < _CROWDED * size:
        return
    calls = max(_FEWEST, math.floor(_PART * size))
    yield Proposal(
        message("remedies.hot-path-limit.change", calls=calls),
        message(
            "remedies.hot-path-limit.effect",
            waiting=count(waiting),
            size=count(size),
            free=count(max(0.0, size - calls)),
        ),
        examples=(
            Command(
                message("remedies.hot-path-limit.example"), "yaml", _PATTERN.format(calls=calls)
            ),
        ),
        notes=(message("remedies.hot-path-limit.note"),),
        urgent=False,
    )


PLUGIN = Remedy(
    "hot-path-limit", frozenset({"row-lock-contention"}), Horizon.SHORT, Effort.HOURS, propose
)
