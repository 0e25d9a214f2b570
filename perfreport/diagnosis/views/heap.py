"""What survives in the heap: its level each time the old generation has been cleaned.

The level after a young collection says little, for it grows by garbage that was promoted. The
floor is what a Full GC, the last mixed collection of a row, or a whole concurrent cycle leaves
behind; where G1's marking found too little garbage for mixed collections, it is what was there.
Where no log tells, the pool of old objects does: it only falls when it is cleaned.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import signal_lines
from perfreport.model.jvm import GcLog, processes
from perfreport.model.source import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Scene
    from perfreport.measure._signal_lines import Line
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.rules import Case

LIVE = "jvm.gc.live.data.size"
LIVE_LIMIT = "jvm.gc.max.data.size"
USED = "jvm.memory.used"
LIMIT = "jvm.memory.max"
# Pools that hold what survived, as the collectors of JDK 8 to 25 name them.
_OLD = ("*Old Gen*", "Tenured Gen", "ZHeap", "Shenandoah")
_MIXED = "Pause Young (Mixed)"
_MARKED = "Pause Cleanup"
_MARKING = ("Remark", "Cleanup")  # pauses of G1 between the young collections


@dataclass(frozen=True, eq=False)
class Floors:
    """One JVM: bytes in use after each cleaning, by time, and the most there may be.

    `places` says for each where it was read: a line of a log, or a signal and its window.
    """

    times_ns: Integers
    values: Floats
    limit: float
    places: tuple[Provenance, ...]

    def within(self, start_ns: int, end_ns: int) -> Floors:
        """Floors inside [start_ns, end_ns)."""
        kept = np.flatnonzero((self.times_ns >= start_ns) & (self.times_ns < end_ns))
        return Floors(
            self.times_ns[kept],
            self.values[kept],
            self.limit,
            tuple(self.places[place] for place in kept),
        )


def heap_floors(scene: Scene) -> tuple[Floors, ...]:
    """Floors of every JVM whose largest heap is known, from the best source there is."""
    logged = tuple(_logged(scene.case))
    return logged or tuple(_sampled(scene))


def tells_of_heap(scene: Scene) -> bool:
    """Whether any source could show a floor."""
    return any(log.source.clock.correlated for log in scene.case.run.of(GcLog)) or any(
        _series(scene, signal, where)
        for signal, where in ((LIVE, ()), *((USED, (("id", pool),)) for pool in _OLD))
    )


def _logged(case: Case) -> Iterator[Floors]:
    logs = tuple(log for log in case.run.of(GcLog) if log.source.clock.correlated)
    for group in processes(logs):
        limit = next((log.vm.heap_max for log in group if log.vm.heap_max), None)
        found = sorted(
            (time, value, line, log.source.path)
            for log in group
            for time, value, line in _cleanings(log)
        )
        if limit and found:
            yield Floors(
                np.array([time for time, *_ in found], dtype=np.int64),
                np.array([value for _, value, *_ in found]),
                limit,
                tuple(Provenance(path, line=line) for *_, line, path in found),
            )


def _cleanings(log: GcLog) -> Iterator[tuple[int, float, int]]:
    """Time, heap after and line of everything that cleaned the old generation."""
    pauses, cycles = log.pauses, log.cycles
    kinds = [
        "full" if full else "mixed" if pauses.phases[kind] == _MIXED else ""
        for full, kind in zip(pauses.full, pauses.phase, strict=True)
    ]
    young = [place for place, kind in enumerate(kinds) if not _marks(pauses.phase_of(place))]
    last_mixed = {
        here
        for here, after in zip_longest(young, young[1:])
        if after is None or kinds[after] != "mixed"
    }
    for place, kind in enumerate(kinds):
        if kind == "full" or (kind == "mixed" and place in last_mixed):
            yield int(pauses.end_ns[place]), float(pauses.after[place]), int(pauses.line[place])
    for here, after in pairwise(young):
        ended = [at for at in range(here + 1, after) if pauses.phase_of(at) == _MARKED]
        if ended and kinds[here] != "full" and "Mixed" not in pauses.phase_of(after):
            yield int(pauses.end_ns[ended[-1]]), float(pauses.after[here]), int(pauses.line[here])
    for at in np.flatnonzero(cycles.whole):
        yield int(cycles.end_ns[at]), float(cycles.after[at]), int(cycles.line[at])


def _sampled(scene: Scene) -> Iterator[Floors]:
    for line in _series(scene, LIVE):
        yield from _floors(line, _levels_set(line), _limit(scene, LIVE_LIMIT), LIVE)
    if any(True for _ in _series(scene, LIVE)):
        return
    for pool in _OLD:
        where = (("id", pool),)
        for line in _series(scene, USED, where):
            yield from _floors(line, _drops(line), _limit(scene, LIMIT, where), USED)


def _series(scene: Scene, signal: str, where: Tags = ()) -> tuple[Line, ...]:
    """Lines of a signal that have the labels asked for: one without any would match too."""
    labels = {name for name, _ in where}
    return tuple(
        line
        for line in signal_lines(scene.signals, signal, where)
        if len(line.values) and labels <= {name for name, _ in line.labels}
    )


def _levels_set(line: Line) -> Integers:
    """A level that is set anew after each cleaning and stays until the next one."""
    return np.flatnonzero(np.diff(line.values, prepend=np.nan) != 0)[1:]


def _drops(line: Line) -> Integers:
    """Where a level has just fallen: old objects only get fewer when they are cleaned."""
    return np.flatnonzero(np.diff(line.values, prepend=np.nan) < 0)


def _limit(scene: Scene, signal: str, where: Tags = ()) -> float | None:
    found = scene.value(signal, "max", None, where)
    return found if found and found > 0 else None


def _floors(line: Line, kept: Integers, limit: float | None, signal: str) -> Iterator[Floors]:
    if limit is None or not len(kept):
        return
    times = line.times_ns[kept]
    places = tuple(
        Provenance(f"{signal} value", start_ns=int(time), end_ns=int(time) + 1) for time in times
    )
    yield Floors(times, line.values[kept], limit, places)


def _marks(phase: str) -> bool:
    return any(word in phase for word in _MARKING)
