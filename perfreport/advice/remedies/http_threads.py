"""Let more requests wait for the slow part at once: threads are cheap where they only wait."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import Unit, count, per_second, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_NAME = "tomcat.threads.max"
_USUAL = 200.0  # Tomcat's own default: nothing to fear below it
_MOST = 400.0  # beyond it, memory and switching cost more than waiting gains
_ROOM = 1.5


def propose(situation: Situation) -> Iterator[Proposal]:
    """Threads for every request that was in the system, with room; never below the pool."""
    size = situation.inventory.written(_NAME) or situation.measured("threads-max", _NAME)
    if size is None:
        return
    client, server = situation.figure("client-mean"), situation.figure("server-mean")
    inside = size * client / server if client and server else 2 * size
    pool = situation.inventory.value("hikaricp.connections.max") or 0.0
    wanted = math.ceil(max(_ROOM * inside, 2 * size, pool) / 10) * 10.0
    target = max(pool, min(wanted, _USUAL if size < _USUAL / 2 else _MOST))
    if target <= size:
        return
    effect = message("remedies.http-threads.effect-unknown")
    if server:
        effect = message(
            "remedies.http-threads.effect",
            before=per_second(size / server),
            after=per_second(target / server),
            server=seconds(server),
        )
    yield Proposal(
        message("remedies.http-threads.change", old=count(size), new=count(target)),
        effect,
        situation.raised(_NAME, target, Unit.COUNT, "max", "tomcat.threads."),
        notes=(message("advice.threads-cover-pool", pool=count(pool)),) if pool else (),
        plan=(Change(_NAME, target),),
    )


PLUGIN = Remedy(
    "http-threads", frozenset({"http-threads-exhausted"}), Horizon.SHORT, Effort.HOURS, propose
)
