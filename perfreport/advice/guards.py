"""Bounds no advice breaks: connections, threads, consumers, heap.

All are pure arithmetic on the configuration in force; a bound that leaves no room is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.advice.inventory import Inventory

RESERVE_SHARE = 0.1  # of max_connections: migrations, monitoring, an operator's shell
RESERVE_FEWEST = 5
HEAP_SHARE = 0.75  # of the container; the rest is metaspace, stacks, buffers, code
CONSUMER_SHARE = 0.5  # of the pool: web requests need the other half


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a setting may be, and which bound says so."""

    value: float
    bound: str  # "connections", "threads", "container", "pool"


def pool_ceiling(inventory: Inventory) -> Ceiling:
    """Pool × replicas ≤ max_connections - reserve, and threads ≥ pool."""
    most, _ = inventory.connections_max
    reserve = max(RESERVE_FEWEST, math.ceil(RESERVE_SHARE * most))
    by_server = math.floor((most - reserve) / inventory.replicas)
    threads = inventory.value("tomcat.threads.max")
    if threads is not None and threads < by_server:
        return Ceiling(threads, "threads")
    return Ceiling(by_server, "connections")


def heap_ceiling(inventory: Inventory) -> Ceiling | None:
    """Heap ≤ its share of the smallest container of the application."""
    limits = [
        float(one.value)
        for one in inventory.application_limits
        if one.name == "container.memory.max" and isinstance(one.value, int | float)
    ]
    return Ceiling(HEAP_SHARE * min(limits), "container") if limits else None


def consumer_ceiling(inventory: Inventory) -> Ceiling | None:
    """Every consumer that writes holds a connection: at most half of the pool."""
    pool = inventory.value("hikaricp.connections.max")
    return None if pool is None else Ceiling(max(1, math.floor(CONSUMER_SHARE * pool)), "pool")
