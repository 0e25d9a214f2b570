"""How far a pool may grow, and what its limit becomes: size ÷ hold time (Little's law)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.advice._spec import Insert, Replace
from perfreport.advice.guards import pool_ceiling
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit, count, per_second, seconds

if TYPE_CHECKING:
    from perfreport.advice.situation import Situation

MAX, MIN = "hikaricp.connections.max", "hikaricp.connections.min"


@dataclass(frozen=True, slots=True)
class LargerPool:
    """A pool that fits its guards, larger than now."""

    size: float
    target: float
    edits: tuple[Replace | Insert, ...]
    notes: tuple[Message, ...]


def larger_pool(situation: Situation, wanted: float) -> LargerPool | None:
    """Return the pool nearest to `wanted` that the guards allow; None where none is larger."""
    inventory = situation.inventory
    size = current_size(situation)
    if size is None:
        return None
    ceiling = pool_ceiling(inventory)
    target = float(int(min(wanted, ceiling.value)))
    if target <= size:
        return None
    notes = []
    if target < wanted:
        key = f"advice.bound.{ceiling.bound}"
        notes.append(message(key, limit=count(ceiling.value)))
    most, known = inventory.connections_max
    key = "advice.pool-fits" if known else "advice.pool-fits-default"
    notes.append(
        message(
            key, total=count(target * inventory.replicas), most=count(most),
            replicas=inventory.replicas,
        )
    )  # fmt: skip
    edits = list(situation.raised(MAX, target, Unit.COUNT, "maximum-pool-size", "hikaricp."))
    smallest = inventory.setting(MIN)
    idle = inventory.written(MIN)
    if edits and smallest is not None and idle is not None and idle in {size, max(idle, target)}:
        edits.append(Replace(smallest, target))  # a pool of fixed size stays one
    return LargerPool(size, target, tuple(edits), tuple(notes))


def limits(found: LargerPool, hold: float) -> dict[str, Quantity]:
    """What a pool can serve before and after at most, held for `hold` seconds each time."""
    return {
        "before": per_second(found.size / hold),
        "after": per_second(found.target / hold),
        "hold": seconds(hold),
    }


def current_size(situation: Situation) -> float | None:
    """Return the size that is in force: the file's where there is one, else as measured."""
    written = situation.inventory.written(MAX)
    return written if written is not None else situation.measured("pool-max", MAX)
