"""More instances, as many as the database has connections for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.guards import RESERVE_FEWEST, RESERVE_SHARE
from perfreport.advice.remedies._pool import current_size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_FEW = 10  # beyond it, connections are not what bounds the number of instances


def propose(situation: Situation) -> Iterator[Proposal]:
    """One instance more, and how many the database could bear with today's pool."""
    inventory = situation.inventory
    most, known = inventory.connections_max
    size = current_size(situation)
    notes = []
    if size and known:
        reserve = max(RESERVE_FEWEST, math.ceil(RESERVE_SHARE * most))
        instances = math.floor((most - reserve) / size)
        if instances <= inventory.replicas:
            return
        if instances <= _FEW:
            notes.append(
                message(
                    "remedies.scale-out.note",
                    instances=instances,
                    pool=count(size),
                    most=count(most),
                )
            )
    yield Proposal(
        message("remedies.scale-out.change", replicas=inventory.replicas),
        message("remedies.scale-out.effect"),
        notes=tuple(notes),
        plan=(Change("app.replicas", float(inventory.replicas + 1)),),
        urgent=False,
    )


PLUGIN = Remedy(
    "scale-out",
    frozenset({"pool-undersized", "cpu-saturated", "http-threads-exhausted"}),
    Horizon.LONG,
    Effort.MONTHS,
    propose,
)
