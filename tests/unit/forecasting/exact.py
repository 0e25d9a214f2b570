"""Exact answers to hold the simulated network against.

Reiser and Lavenberg (1980): mean value analysis, with the marginal probabilities for stations of
several servers. Denning and Buzen (1978): asymptotic bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Service:
    """A station of a closed network: seconds of service per cycle, and how many servers."""

    demand: float
    servers: int = 1


def closed_bounds(customers: float, think: float, services: Sequence[Service]) -> float:
    """Asymptotic bound: the throughput of a closed network that no queue can exceed."""
    slowest = max((one.demand / one.servers for one in services), default=0.0)
    free = think + sum(one.demand for one in services)
    light = customers / free if free > 0 else float("inf")
    return min(light, 1.0 / slowest) if slowest > 0 else light


def closed_throughput(customers: int, think: float, services: Sequence[Service]) -> float:
    """Exact mean value analysis: cycles per second of `customers` that think in between."""
    queues = [0.0] * len(services)
    idle = [[1.0] + [0.0] * (one.servers - 1) for one in services]
    rate = 0.0
    for population in range(1, customers + 1):
        times = [
            _residence(one, queue, chances)
            for one, queue, chances in zip(services, queues, idle, strict=True)
        ]
        rate = population / (think + sum(times))
        queues = [rate * time for time in times]
        idle = [_chances(one, chances, rate) for one, chances in zip(services, idle, strict=True)]
    return rate


def _residence(one: Service, queue: float, chances: Sequence[float]) -> float:
    spare = sum((one.servers - busy - 1) * chances[busy] for busy in range(one.servers - 1))
    return one.demand / one.servers * (1 + queue + spare)


def _chances(one: Service, before: Sequence[float], rate: float) -> list[float]:
    """Probability of 0, 1, … servers - 1 customers at a station."""
    busy = [rate * one.demand / place * before[place - 1] for place in range(1, one.servers)]
    used = rate * one.demand + sum(
        (one.servers - place) * chance for place, chance in enumerate(busy, start=1)
    )
    return [max(0.0, 1.0 - used / one.servers), *busy]
