"""The connection pool by phase, and whether it sufficed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Column, SignalTable, tabulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.document import Block
    from perfreport.model.message import Message

_NARROW = 0.8  # of the pool: one more burst and requests wait


def _judge(figure: Callable[[str, str], float | None]) -> Message:
    """Exhausted: every connection taken and requests in line for one."""
    active = figure("hikaricp.connections.active", "peak") or 0.0
    limit = figure("hikaricp.connections.max", "peak")
    pending = figure("hikaricp.connections.pending", "peak") or 0.0
    timeouts = figure("hikaricp.connections.timeout", "increase") or 0.0
    if limit and active >= limit and (pending or timeouts):
        return message("signal.level.exhausted")
    if pending or timeouts or (limit and active / limit >= _NARROW):
        return message("signal.level.warning")
    return message("signal.level.normal")


_TABLE = SignalTable(
    (
        Column("pool-active", "hikaricp.connections.active", "peak", of="hikaricp.connections.max"),
        Column("pool-pending", "hikaricp.connections.pending", "peak"),
        Column("pool-timeouts", "hikaricp.connections.timeout", "increase"),
        Column("pool-usage", "hikaricp.connections.usage", "mean"),
        Column("pool-capacity", "hikaricp.connections.capacity", "mean"),
        Column("pool-acquire", "hikaricp.connections.acquire", "mean"),
    ),
    by="pool",
    judge=_judge,
    needs=frozenset({"hikaricp.connections.active"}),
    notes=(message("part.database-pool.criteria", share=Quantity(_NARROW, Unit.RATIO)),),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "database-pool", "database", 10, message("part.database-pool.title"), Style.LABEL, _build
)
