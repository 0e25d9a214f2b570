"""Bound the slow call: a request gives its thread back in time."""

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
resilience4j:
  bulkhead:
    instances:
      payment:
        max-concurrent-calls: 50
        max-wait-duration: 100ms
  timelimiter:
    instances:
      payment:
        timeout-duration: 1s"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """A time limit and a bulkhead on the call."""
    if situation.finding.rule == "http-threads-exhausted" and not situation.calls_out:
        return
    yield Proposal(
        message("remedies.call-timeout.change"),
        message("remedies.call-timeout.effect"),
        examples=(Command(message("remedies.call-timeout.example"), "yaml", _PATTERN),),
        urgent=False,
    )


PLUGIN = Remedy(
    "call-timeout",
    frozenset({"http-threads-exhausted", "remote-call-in-transaction"}),
    Horizon.MID,
    Effort.DAYS,
    propose,
)
