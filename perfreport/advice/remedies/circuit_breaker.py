"""Stop calling a service that does not answer, and answer without it."""

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
  circuitbreaker:
    instances:
      payment:
        sliding-window-size: 50
        failure-rate-threshold: 50
        wait-duration-in-open-state: 5s
        permitted-number-of-calls-in-half-open-state: 5"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A circuit breaker with a fallback."""
    yield Proposal(
        message("remedies.circuit-breaker.change"),
        message("remedies.circuit-breaker.effect"),
        examples=(Command(message("remedies.circuit-breaker.example"), "yaml", _PATTERN),),
    )


PLUGIN = Remedy(
    "circuit-breaker", frozenset({"downstream-timeout"}), Horizon.MID, Effort.DAYS, propose
)
