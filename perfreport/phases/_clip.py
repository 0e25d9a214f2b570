"""Phases as far as the run got, and what came after the last planned one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.phases._observed import ObservedLoad

ENDS_WITH = 1.5  # seconds by which the samples may end before the plan: k6's gauge ticks each 1 s
SHORTEST_TAIL = 0.001  # seconds


def clip(phases: Sequence[Phase], observed: ObservedLoad, zero: float) -> tuple[Phase, ...]:
    """Mark what was not reached, shorten what was cut, add the tail of running iterations."""
    if not phases:
        return ()
    last_ns = observed.origin_ns + round(observed.last * NS_PER_SECOND) + 1
    alive_ns = observed.origin_ns + round(max(observed.alive_until, zero) * NS_PER_SECOND) + 1
    planned_end = max(phase.end_ns for phase in phases)
    if alive_ns < planned_end - ENDS_WITH * NS_PER_SECOND:
        return tuple(_as_far_as(phase, alive_ns) for phase in phases)
    if last_ns - planned_end < SHORTEST_TAIL * NS_PER_SECOND:
        return tuple(phases)
    tail = Phase(
        name="tail",
        kind=PhaseKind.TAIL,
        start_ns=planned_end,
        end_ns=last_ns,
        title=message(
            "phase.title.tail",
            length=Quantity((last_ns - planned_end) / NS_PER_SECOND, Unit.SECONDS),
        ),
        origin=phases[-1].origin,
    )
    return (*phases, tail)


def _as_far_as(phase: Phase, alive_ns: int) -> Phase:
    if phase.start_ns >= alive_ns:
        return replace(phase, reached=False)
    return replace(phase, end_ns=min(phase.end_ns, alive_ns))
