"""Give the heap room for what survives a collection; the collector stays the one in the log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy, Replace
from perfreport.advice.guards import heap_ceiling
from perfreport.advice.situation import size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.jvm import GcLog
from perfreport.model.message import Message, message
from perfreport.model.units import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_STEP = 256 * 1024**2
_TIMES_LIVE = 3.0  # the heap a live set wants, a common rule of JVM tuning guides
_MAX, _MIN = "jvm.heap.max", "jvm.heap.min"


def propose(situation: Situation) -> Iterator[Proposal]:
    """Twice the heap, or three times what a collection leaves, within the container."""
    inventory = situation.inventory
    setting = inventory.setting(_MAX)
    logged = next((log.vm.heap_max for log in situation.run.of(GcLog) if log.vm.heap_max), None)
    heap = inventory.written(_MAX) or logged
    if heap is None:
        return
    left = situation.figure("heap-after-gc")
    live = heap * left if left is not None and left <= 1 else 0.0
    wanted = math.ceil(max(2 * heap, _TIMES_LIVE * live) / _STEP) * _STEP
    ceiling = heap_ceiling(inventory)
    target = float(wanted)
    notes: list[Message] = []
    if ceiling is not None and ceiling.value < target:
        target = float(math.floor(ceiling.value / 1024**2) * 1024**2)
        notes.append(message("advice.bound.container", limit=size(target)))
    elif ceiling is None:
        notes.append(message("advice.container-unknown", heap=size(target)))
    if target <= heap:
        return
    edits = []
    if setting is not None:
        edits.append(Replace(setting, target))
        smallest = inventory.setting(_MIN)
        if smallest is not None and inventory.written(_MIN) == heap:
            edits.append(Replace(smallest, target))  # a heap of fixed size stays one
    notes += _collector(situation)
    effect = message("remedies.heap-size.effect-unknown")
    if live:
        effect = message("remedies.heap-size.effect", before=share(live / heap),
                         after=share(live / target))  # fmt: skip
    yield Proposal(
        message("remedies.heap-size.change", old=size(heap), new=size(target)),
        effect,
        tuple(edits),
        notes=tuple(notes),
        plan=(Change(_MAX, target),),
    )


def _collector(situation: Situation) -> Iterator[Message]:
    for log in situation.run.of(GcLog):
        if log.vm.collector is not None:
            yield message("advice.collector", collector=log.vm.collector.value)
            return


PLUGIN = Remedy("heap-size", frozenset({"gc-pressure"}), Horizon.SHORT, Effort.HOURS, propose)
