"""Objects stay reachable after their request: what survives a collection climbs without end.

Symptom: the heap left by every cleaning of the old generation is larger than the one before, under
the same load; Full GCs come closer together and free ever less.
Why it hurts: as the heap fills, the collector runs all the time, then requests fail for want of
memory; only a restart helps, for a while.
How detected: the floor of the heap (what a Full GC, a row of mixed collections or a whole
concurrent cycle leaves) climbs within stretches of equal load: Kendall's test at 99 %, at least a
twentieth of the heap in all, and as fast in the later half as in the earlier one. Where memory
ran out so soon that the test can't decide, floors that only rise are enough. A climb that would
have filled the heap long before the end and did not has levelled off. Where the collector already
takes its toll, or memory ran out, the leak is the cause; otherwise it is a risk.
False positives: a cache that fills and then stays so levels off within the run; one that is still
filling at its end looks like a leak, and only a longer run tells. Young collections alone don't
tell: what they promote may be garbage.
Reference: Oracle, Troubleshooting Guide for Java SE, "Troubleshoot Memory Leaks"; Hirsch and Slack
1984 for the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.rules import gc_pressure
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.trend import trend
from perfreport.diagnosis.views.heap import heap_floors, tells_of_heap
from perfreport.model.applog import AppLog
from perfreport.model.finding import Category, Finding, Priority, Severity
from perfreport.model.jvm import GcLog
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit, count, seconds
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.diagnosis.trend import Trend
    from perfreport.diagnosis.views.heap import Floors
    from perfreport.model.finding import KeyValues
    from perfreport.model.message import Message
    from perfreport.rules import Case

_SIGNIFICANT = 2.576  # standard deviations: 99 %
_WORTH = 0.05  # share of the heap
_LASTING = 0.6
_NEARLY_FULL = 0.9
_LONG_FULL = 2.0  # times the time to fill the rest: a leak does not stay there so long
_CERTAIN = 10  # floors
_FEW = 3  # floors, where memory ran out
_OUT_OF_MEMORY = "java.lang.OutOfMemoryError"


@dataclass(frozen=True, slots=True)
class _Climb:
    """Floors of one JVM that climb, up to where the heap is nearly full."""

    floors: Floors
    trend: Trend

    @property
    def amount(self) -> float:
        """Bytes gained by the line through the floors."""
        return self.trend.slope * float(np.ptp(self.floors.times_ns)) / NS_PER_SECOND

    @property
    def seconds_left(self) -> float:
        """Until the heap is full at this pace, from the last floor on."""
        return max(0.0, self.floors.limit - float(self.floors.values[-1])) / self.trend.slope


def detect(case: Case) -> Iterator[Finding]:
    """Report the JVM whose heap climbs most clearly."""
    scene = Scene.of(case)
    failures = _failures(case, scene)
    climbs = [
        climb
        for floors in heap_floors(scene)
        if (climb := _climbing(scene, floors, failed=bool(failures))) is not None
    ]
    if not climbs:
        return
    worst = max(climbs, key=lambda one: one.trend.z)
    pressure = next(iter(gc_pressure.detect(case)), None)
    floors = worst.floors
    said = {
        "slope": Quantity(60 * worst.trend.slope, Unit.BYTES),
        "first": _bytes(floors.values[0]),
        "last": _bytes(floors.values[-1]),
    }
    evidence = (_evidence(worst, case, scene, failures),)
    certain = len(floors.values) >= _CERTAIN
    if pressure is None and not failures:
        yield Finding(
            rule=PLUGIN.id,
            category=Category.RISK,
            severity=Severity.MEDIUM,
            priority=Priority.P2,
            title=message("findings.heap-leak.title-risk"),
            summary=message(
                "findings.heap-leak.summary-risk", left=seconds(round(worst.seconds_left)), **said
            ),
            evidence=evidence,
            confidence=0.8 if certain else 0.6,
            onset_ns=int(floors.times_ns[0]),
            remedies=(message("findings.heap-leak.remedy"),),
        )
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.heap-leak.title"),
        summary=message("findings.heap-leak.summary", limit=_bytes(floors.limit), **said),
        evidence=evidence,
        confidence=0.9 if certain else 0.75,
        impact=1.0 if pressure is None else pressure.impact,
        onset_ns=_struck(pressure, failures),
        whys=tuple(_whys(worst, case, scene)),
        remedies=(message("findings.heap-leak.remedy"),),
    )


def _climbing(scene: Scene, floors: Floors, *, failed: bool) -> _Climb | None:
    inside = floors.within(scene.whole.start_ns, scene.whole.end_ns)
    full = np.flatnonzero(inside.values >= _NEARLY_FULL * inside.limit)
    until = int(inside.times_ns[full[0]]) if len(full) else scene.whole.end_ns
    rising = inside.within(scene.whole.start_ns, until)
    steady = [rising.within(one.start_ns, one.end_ns) for one in scene.windows]
    found = trend([(one.times_ns, one.values) for one in steady])
    if found is None or found.slope <= 0:
        return None
    lasting = found.lasting is not None and found.lasting >= _LASTING
    if not (found.z >= _SIGNIFICANT and lasting):
        to_full = [inside.within(one.start_ns, min(one.end_ns, until + 1)) for one in scene.windows]
        if not (failed and _only_rises(to_full)):
            return None
    climb = _Climb(rising, found)
    if climb.amount < _WORTH * floors.limit:
        return None
    since_full = float(inside.times_ns[-1] - until) / NS_PER_SECOND
    if not failed and len(full) and since_full > _LONG_FULL * climb.seconds_left:
        return None
    return climb


def _only_rises(steady: Sequence[Floors]) -> bool:
    """Whether each of a few floors lies above the one before it."""
    return any(len(one.values) >= _FEW and bool(np.all(np.diff(one.values) > 0)) for one in steady)


def _failures(case: Case, scene: Scene) -> list[tuple[int, Provenance]]:
    """When memory ran out during the load, by the application's log."""
    whole = scene.whole
    return sorted(
        (int(time), Provenance(log.source.path, line=int(line)))
        for log in case.run.of(AppLog)
        if log.source.clock.correlated
        for group in log.groups
        if _OUT_OF_MEMORY in {group.exception, group.root_cause}
        for time, line in zip(group.times_ns, group.lines, strict=True)
        if whole.start_ns <= time < whole.end_ns
    )


def _struck(pressure: Finding | None, failures: list[tuple[int, Provenance]]) -> int | None:
    times = [time for time, _ in failures[:1]]
    if pressure is not None and pressure.onset_ns is not None:
        times.append(pressure.onset_ns)
    return min(times, default=None)


def _evidence(
    worst: _Climb, case: Case, scene: Scene, failures: list[tuple[int, Provenance]]
) -> KeyValues:
    floors = worst.floors
    freed = _freed(case, scene)
    return figures(
        (message("diagnosis.label.floor-first"), _bytes(floors.values[0]), floors.places[0]),
        (message("diagnosis.label.floor-last"), _bytes(floors.values[-1]), floors.places[-1]),
        (
            message("diagnosis.label.floor-slope"),
            Quantity(worst.trend.slope, Unit.BYTES_PER_SECOND),
            _between(floors.places[0], floors.places[-1]),
        ),
        (message("diagnosis.label.floor-count"), count(len(floors.values)), None),
        (message("diagnosis.label.heap-limit"), _bytes(floors.limit), None),
        (message("diagnosis.label.seconds-to-full"), seconds(worst.seconds_left), None),
        *(
            (message(f"diagnosis.label.freed-{name}"), _bytes(amount), place)
            for name, (amount, place) in zip(("first", "last"), freed, strict=False)
        ),
        (message("diagnosis.label.gc-share"), scene.ask(gc_pressure.SHARE, "mean"), None),
        (
            message("diagnosis.label.out-of-memory"),
            count(len(failures)) if failures else None,
            failures[0][1] if failures else None,
        ),
    )


def _freed(case: Case, scene: Scene) -> tuple[tuple[float, Provenance], ...]:
    """Bytes freed by the first and the last Full GC of the load, where the last freed less."""
    whole = scene.whole
    found = sorted(
        (int(pauses.start_ns[at]), float(pauses.before[at] - pauses.after[at]), place)
        for log in case.run.of(GcLog)
        if log.source.clock.correlated
        for pauses in (log.pauses,)
        for at in np.flatnonzero(pauses.full & (pauses.before > pauses.after))
        for place in (Provenance(log.source.path, line=int(pauses.line[at])),)
        if whole.start_ns <= pauses.start_ns[at] < whole.end_ns
    )
    if len(found) < 2 or found[-1][1] >= found[0][1]:
        return ()
    return tuple((amount, place) for _, amount, place in (found[0], found[-1]))


def _between(first: Provenance, last: Provenance) -> Provenance:
    """The lines, or the time, from one place to another."""
    if first.path != last.path:
        return last
    return Provenance(first.path, first.line, last.line, first.start_ns, last.end_ns)


def _whys(worst: _Climb, case: Case, scene: Scene) -> Iterator[Message]:
    freed = _freed(case, scene)
    if freed:
        (before, _), (after, _) = freed
        yield message("findings.heap-leak.why-freed", before=_bytes(before), after=_bytes(after))
    floors = worst.floors
    yield message(
        "findings.heap-leak.why-climb",
        first=_bytes(floors.values[0]),
        last=_bytes(floors.values[-1]),
    )
    yield message(
        "findings.heap-leak.why-steady", slope=Quantity(60 * worst.trend.slope, Unit.BYTES)
    )


def _bytes(value: float) -> Quantity:
    return Quantity(float(value), Unit.BYTES)


PLUGIN = Rule(
    "heap-leak",
    Category.BOTTLENECK,
    (Need(message("need.gc-signals"), lambda case: tells_of_heap(Scene.of(case))),),
    detect,
)
