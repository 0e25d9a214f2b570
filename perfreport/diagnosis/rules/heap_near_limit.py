"""Little of the heap is left after a collection, though the collector still copes.

Symptom: none yet: pauses take little time.
Why it hurts: what is left over is all there is for new objects; a little more that stays alive, and
the collector runs all the time.
How detected: the median floor of the heap (what a Full GC, a row of mixed collections or a whole
concurrent cycle leaves) in the last window of load is four fifths of the largest heap or more.
False positives: an old generation that is full of garbage nobody had to collect is no floor. A heap
that climbs, and pauses that hurt, are told by their own rules.
Reference: Oracle, HotSpot GC Tuning Guide, "Total Heap".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.rules import gc_pressure, heap_leak
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.heap import heap_floors, tells_of_heap
from perfreport.model.finding import Category, Finding, Priority, Severity
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit, count, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.heap import Floors
    from perfreport.rules import Case

_FULL = 0.8
_FEWEST = 3  # floors


def detect(case: Case) -> Iterator[Finding]:
    """Report the JVM with least room."""
    scene = Scene.of(case)
    last = scene.windows[-1]
    found = [
        floors
        for one in heap_floors(scene)
        if len((floors := one.within(last.start_ns, last.end_ns)).values) >= _FEWEST
        and _level(floors) >= _FULL
    ]
    if not found or _told(case):
        return
    worst = max(found, key=_level)
    place = worst.places[int(np.argsort(worst.values)[len(worst.values) // 2])]
    yield Finding(
        rule=PLUGIN.id,
        category=Category.RISK,
        severity=Severity.MEDIUM,
        priority=Priority.P2,
        title=message("findings.heap-near-limit.title"),
        summary=message(
            "findings.heap-near-limit.summary",
            phase=last.phase.title,
            level=share(_level(worst)),
            limit=Quantity(worst.limit, Unit.BYTES),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.heap-after-gc"), share(_level(worst)), place),
                (message("diagnosis.label.heap-limit"), Quantity(worst.limit, Unit.BYTES), None),
                (message("diagnosis.label.floor-count"), count(len(worst.values)), None),
                (
                    message("diagnosis.label.gc-share"),
                    scene.ask(gc_pressure.SHARE, "mean", last),
                    None,
                ),
            ),
        ),
        confidence=0.7,
        remedies=(message("findings.heap-near-limit.remedy"),),
    )


def _level(floors: Floors) -> float:
    return float(np.median(floors.values)) / floors.limit


def _told(case: Case) -> bool:
    return any(True for rule in (gc_pressure, heap_leak) for _ in rule.detect(case))


PLUGIN = Rule(
    "heap-near-limit",
    Category.RISK,
    (Need(message("need.gc-signals"), lambda case: tells_of_heap(Scene.of(case))),),
    detect,
)
