"""The highest throughput that still meets the objective for the response time.

The maximum tells what a system can serve; this tells what it can serve well. Both are taken from
the windows of steady load: the busiest one that meets the target, and a straight line from there
to the next one, which does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.model.grade import Objective

_METRIC, _STAT = "http_req_duration", "p(95)"


@dataclass(frozen=True, slots=True)
class Served:
    """Throughput and p95 of one window."""

    rate: float
    p95: float


@dataclass(frozen=True, slots=True)
class AtObjective:
    """The highest throughput within the target; `beyond`: no window went past the target."""

    rate: float
    beyond: bool


def target_of(objectives: Iterable[Objective]) -> float | None:
    """The strictest upper limit on p95 over all requests, in seconds."""
    limits = [
        bound.limit
        for one in objectives
        if one.selector.metric == _METRIC and one.selector.stat == _STAT and not one.selector.where
        for bound in one.target
        if bound.operator.value.startswith("<")
    ]
    return min(limits, default=None)


def at_objective(windows: Sequence[Served], target: float) -> AtObjective | None:
    """Find the highest throughput within the target; None where no window meets it."""
    met = [one for one in windows if one.p95 <= target]
    if not met:
        return None
    best = max(met, key=lambda one: one.rate)
    missed = [one for one in windows if one.p95 > target and one.rate > best.rate]
    if not missed:
        return AtObjective(best.rate, beyond=len(met) == len(windows))
    after = min(missed, key=lambda one: one.rate)
    share = (target - best.p95) / (after.p95 - best.p95)
    return AtObjective(best.rate + share * (after.rate - best.rate), beyond=False)
