"""Give the heap room for what survives a collection; the collector stays the one in the log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import AddOption, Proposal, Remedy, Replace
from perfreport.advice.guards import heap_ceiling
from perfreport.advice.situation import size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.forecast import Change
from perfreport.model.jvm import GcLog
from perfreport.model.message import Message, message
from perfreport.model.units import Unit, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice._spec import Edit
    from perfreport.advice.inventory import Inventory
    from perfreport.advice.situation import Situation

_STEP = 256 * 1024**2
_TIMES_LIVE = 3.0  # the heap a live set wants, a common rule of JVM tuning guides
_MAX, _MIN, _RATIO = "jvm.heap.max", "jvm.heap.min", "jvm.heap.max-ratio"


def propose(situation: Situation) -> Iterator[Proposal]:
    """Twice the heap, or three times what a collection leaves, within the container."""
    inventory = situation.inventory
    ceiling = heap_ceiling(inventory)
    heap = inventory.written(_MAX) or _logged(situation)
    if heap is None:
        return
    left = situation.figure("heap-after-gc")
    live = heap * left if left is not None and left <= 1 else 0.0
    target = math.ceil(max(2 * heap, _TIMES_LIVE * live) / _STEP) * float(_STEP)
    notes: list[Message] = []
    if ceiling is not None and ceiling.value < target:
        target = math.floor(ceiling.value / 1024**2) * 1024.0**2
        notes.append(message("advice.bound.container", limit=size(target)))
    elif ceiling is None:
        notes.append(message("advice.container-unknown", heap=size(target)))
    if target <= heap:
        return
    notes += _collector(situation)
    effect = message("remedies.heap-size.effect-unknown")
    if live:
        effect = message("remedies.heap-size.effect", before=share(live / heap),
                         after=share(live / target))  # fmt: skip
    yield Proposal(
        message("remedies.heap-size.change", old=size(heap), new=size(target)),
        effect,
        tuple(_edits(inventory, heap, target)),
        notes=tuple(notes),
        plan=(Change(_MAX, target),),
    )


def _logged(situation: Situation) -> float | None:
    """The heap that the collector's own log names."""
    return next((log.vm.heap_max for log in situation.run.of(GcLog) if log.vm.heap_max), None)


def _edits(inventory: Inventory, heap: float, target: float) -> Iterator[Edit]:
    setting, share_of = inventory.setting(_MAX), inventory.setting(_RATIO)
    if setting is not None:
        yield Replace(setting, target)
        smallest = inventory.setting(_MIN)
        if smallest is not None and inventory.written(_MIN) == heap:
            yield Replace(smallest, target)  # a heap of fixed size stays one
        return
    ratio = inventory.written(_RATIO)
    if share_of is not None and ratio:
        yield Replace(share_of, ratio * target / heap)
        return
    options = inventory.jvm_options
    if len(options) == 1:  # of several applications, nobody says whose log it is
        path, variable, line = options[0]
        yield AddOption(path, line, variable, _MAX, "-Xmx", target, Unit.BYTES)


def _collector(situation: Situation) -> Iterator[Message]:
    for log in situation.run.of(GcLog):
        if log.vm.collector is not None:
            yield message("advice.collector", collector=log.vm.collector.value)
            return


PLUGIN = Remedy("heap-size", frozenset({"gc-pressure"}), Horizon.SHORT, Effort.HOURS, propose)
