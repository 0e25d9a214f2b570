"""What a JVM writes about its own memory: garbage collection logs and `jstat` tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from perfreport.model.source import Fact
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.source import SourceRef

Booleans: TypeAlias = NDArray[np.bool_]


class Collector(StrEnum):
    """A garbage collector, as its users name it."""

    SERIAL = "Serial"
    PARALLEL = "Parallel"
    CMS = "CMS"
    G1 = "G1"
    ZGC = "ZGC"
    GENERATIONAL_ZGC = "Generational ZGC"
    SHENANDOAH = "Shenandoah"
    GENERATIONAL_SHENANDOAH = "Generational Shenandoah"
    EPSILON = "Epsilon"


class Trouble(StrEnum):
    """Something a collector reports that it would rather not do."""

    EVACUATION_FAILURE = "evacuation-failure"  # G1: no room to copy survivors to
    PROMOTION_FAILED = "promotion-failed"  # ParNew, Parallel: old generation full
    CONCURRENT_MODE_FAILURE = "concurrent-mode-failure"  # CMS lost the race
    CONCURRENT_MARK_ABORT = "concurrent-mark-abort"  # G1 fell back to a Full GC while marking
    FULL_COMPACTION = "full-compaction"  # G1 tries a Full GC because an allocation failed
    LAST_RESORT = "last-resort"  # … and one that clears soft references: next is OutOfMemoryError
    OUT_OF_MEMORY = "out-of-memory"


@dataclass(frozen=True, slots=True, eq=False)
class Pauses:
    """Stop-the-world pauses, by time; all arrays have one length.

    Heap sizes are bytes, NaN where the line has none. `promoted` is what moved into the old
    generation. `inside` marks a pause within another logged pause (a young collection that turned
    into a Full GC is logged as both): it counts as a pause, its time is the other's.
    """

    start_ns: Integers
    seconds: Floats
    full: Booleans
    inside: Booleans
    phase: Integers  # index into `phases`
    cause: Integers  # index into `causes`
    before: Floats
    after: Floats
    capacity: Floats
    promoted: Floats
    line: Integers
    phases: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()  # "" where the log names none

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def end_ns(self) -> Integers:
        """End of each pause."""
        return self.start_ns + (self.seconds * NS_PER_SECOND).astype(np.int64)

    @property
    def total(self) -> float:
        """Time stopped, in seconds; a pause inside another one counts once."""
        return float(self.seconds[~self.inside].sum())

    def phase_of(self, index: int) -> str:
        """What was paused for: "Pause Young (Normal)", "Pause Full", …."""
        return self.phases[int(self.phase[index])]

    def cause_of(self, index: int) -> str:
        """Why: "G1 Evacuation Pause", "Allocation Failure", …; "" where the log names none."""
        return self.causes[int(self.cause[index])]

    def stopped(self, start_ns: int, end_ns: int) -> float:
        """Seconds of [start_ns, end_ns) inside pauses."""
        begin = np.maximum(self.start_ns, start_ns)
        until = np.minimum(self.end_ns, end_ns)
        inside = np.clip(until - begin, 0, None)[~self.inside]
        return float(inside.sum()) / NS_PER_SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Stalls:
    """Application threads made to wait by a concurrent collector; the real latency of ZGC."""

    start_ns: Integers
    seconds: Floats
    thread: Integers  # index into `threads`
    relocation: Booleans  # a relocation stall, else an allocation stall
    line: Integers
    threads: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """Concurrent cycles: not pauses. `seconds` is NaN where the start was not logged."""

    end_ns: Integers
    seconds: Floats
    name: Integers  # index into `names`
    before: Floats  # heap bytes, NaN where the line has none
    after: Floats
    line: Integers
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def early(self) -> Booleans:
        """Cleanups of Shenandoah before it moved anything: the later one of the cycle counts."""
        cleanup = self._named("Concurrent cleanup")
        early = np.zeros(len(self), dtype=bool)
        early[:-1] = cleanup[:-1] & cleanup[1:] & (self.after[1:] < self.after[:-1])
        return early

    @property
    def whole(self) -> Booleans:
        """Cycles that cleaned the whole heap; G1's cycle only marks, a minor one is young."""
        cleaned = self._named("Garbage Collection", "Major Collection", "Concurrent cleanup")
        return cleaned & ~self.early & ~np.isnan(self.after)

    def _named(self, *starts: str) -> Booleans:
        named = np.array([name.startswith(starts) for name in self.names], dtype=bool)
        return named[self.name] if len(self) else np.zeros(0, dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class Safepoints:
    """All stops, for whatever reason; never added to the pauses: it is the same time.

    `reaching` is the time to safepoint: waiting for the last thread to stop.
    """

    start_ns: Integers
    seconds: Floats
    reaching: Floats
    operation: Integers  # index into `operations`
    line: Integers
    operations: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Troubles:
    """When the collector got into trouble: times, kinds (index into `kinds`), lines."""

    times_ns: Integers
    kind: Integers
    line: Integers
    kinds: tuple[Trouble, ...] = ()

    def count(self, kind: Trouble) -> int:
        """How often this kind was reported."""
        if kind not in self.kinds:
            return 0
        return int((self.kind == self.kinds.index(kind)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class GaugeSeries:
    """A level the log reports now and then: bytes, or regions."""

    times_ns: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class Vm:
    """What the log says of the JVM; sizes in bytes, None where it is silent."""

    collector: Collector | None = None
    collector_inferred: bool = False  # from the shape of the lines, not from the log's own words
    version: str | None = None
    cpus: int | None = None
    memory: float | None = None
    heap_min: float | None = None
    heap_initial: float | None = None
    heap_max: float | None = None
    region_size: float | None = None
    started_ns: int | None = None  # wall time minus uptime, where the log has both


@dataclass(frozen=True, slots=True, eq=False)
class GcLog(Fact):
    """One garbage collection log, or one file of a rotated one (see `processes`)."""

    vm: Vm
    start_ns: int
    end_ns: int
    pauses: Pauses
    stalls: Stalls
    cycles: Cycles
    safepoints: Safepoints
    troubles: Troubles
    humongous: GaugeSeries  # humongous regions after each collection
    metaspace: GaugeSeries  # bytes used
    restarts_ns: tuple[int, ...] = ()  # the JVM started anew inside this file
    first_id: int | None = None  # GC(n) of the first and last collection
    last_id: int | None = None

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the log with every time moved by `delta_ns`, owned by `source`."""
        vm = self.vm
        if vm.started_ns is not None:
            vm = replace(vm, started_ns=vm.started_ns + delta_ns)
        return replace(
            self,
            source=source,
            vm=vm,
            start_ns=self.start_ns + delta_ns,
            end_ns=self.end_ns + delta_ns,
            pauses=replace(self.pauses, start_ns=self.pauses.start_ns + delta_ns),
            stalls=replace(self.stalls, start_ns=self.stalls.start_ns + delta_ns),
            cycles=replace(self.cycles, end_ns=self.cycles.end_ns + delta_ns),
            safepoints=replace(self.safepoints, start_ns=self.safepoints.start_ns + delta_ns),
            troubles=replace(self.troubles, times_ns=self.troubles.times_ns + delta_ns),
            humongous=replace(self.humongous, times_ns=self.humongous.times_ns + delta_ns),
            metaspace=replace(self.metaspace, times_ns=self.metaspace.times_ns + delta_ns),
            restarts_ns=tuple(time + delta_ns for time in self.restarts_ns),
        )

    def share(self, start_ns: int, end_ns: int) -> float | None:
        """Share of [start_ns, end_ns) that the application stood still; None if not covered."""
        begin, until = max(start_ns, self.start_ns), min(end_ns, self.end_ns)
        if until <= begin:
            return None
        return self.pauses.stopped(begin, until) / ((until - begin) / NS_PER_SECOND)

    def heap_after(self) -> GaugeSeries:
        """Heap in use after each collection, in bytes: the level to judge a heap by.

        Marking pauses that freed nothing (Initial Mark, Remark, Cleanup) are left out, and so is
        what Shenandoah's first cleanup left.
        """
        times, before, after = self._states()
        marks = np.array([_is_marking(name) for name in self.pauses.phases], dtype=bool)
        marking = np.zeros(len(after), dtype=bool)
        if len(self.pauses):
            marking[: len(self.pauses)] = marks[self.pauses.phase]
        keep = ~np.isnan(after) & ~(marking & ~(after < before))
        keep[len(self.pauses) :] &= ~self.cycles.early
        order = np.argsort(times[keep], kind="stable")
        return GaugeSeries(times[keep][order], after[keep][order])

    def allocated(self) -> GaugeSeries:
        """Bytes allocated up to each collection since the one before it; 0 for the first."""
        times, before, after = self._states()
        whole = ~np.isnan(before) & ~np.isnan(after)
        whole[: len(self.pauses)] &= ~self.pauses.inside
        order = np.argsort(times[whole], kind="stable")
        before, after = before[whole][order], after[whole][order]
        grown = np.clip(before[1:] - after[:-1], 0, None)
        return GaugeSeries(times[whole][order], np.concatenate([np.zeros(len(before[:1])), grown]))

    def allocation_rate(self, start_ns: int, end_ns: int) -> float | None:
        """Bytes allocated per second inside a window; None with fewer than two collections."""
        return _rate(self.allocated(), start_ns, end_ns)

    def promotion_rate(self, start_ns: int, end_ns: int) -> float | None:
        """Bytes per second that moved into the old generation; None where the log is silent."""
        known = ~np.isnan(self.pauses.promoted)
        series = GaugeSeries(self.pauses.start_ns[known], self.pauses.promoted[known])
        return _rate(series, start_ns, end_ns)

    def _states(self) -> tuple[Integers, Floats, Floats]:
        """Time, heap before and after of every pause, then of every cycle."""
        return (
            np.concatenate([self.pauses.end_ns, self.cycles.end_ns]),
            np.concatenate([self.pauses.before, self.cycles.before]),
            np.concatenate([self.pauses.after, self.cycles.after]),
        )


_MARKING = (
    "Initial Mark",
    "Init Mark",
    "Mark Start",
    "Mark End",
    "Remark",
    "Cleanup",
    "Final Mark",
)


def _is_marking(phase: str) -> bool:
    return any(word in phase for word in _MARKING)


def _rate(series: GaugeSeries, start_ns: int, end_ns: int) -> float | None:
    """Sum of the values after the first one, over the time between first and last."""
    inside = (series.times_ns >= start_ns) & (series.times_ns < end_ns)
    times, values = series.times_ns[inside], series.values[inside]
    if len(times) < 2 or times[-1] <= times[0]:
        return None
    return float(values[1:].sum()) / (float(times[-1] - times[0]) / NS_PER_SECOND)


def processes(logs: tuple[GcLog, ...]) -> tuple[tuple[GcLog, ...], ...]:
    """Group logs by JVM: the files of one rotated log belong together, in the order of time.

    A file continues another if it starts when or after that one ends, with the next GC number
    or, where numbers are unknown, with the same collector and JVM start.
    """
    groups: list[list[GcLog]] = []
    for log in sorted(logs, key=lambda log: (log.start_ns, log.first_id or 0, log.source.path)):
        for group in groups:
            if _continues(group[-1], log):
                group.append(log)
                break
        else:
            groups.append([log])
    return tuple(tuple(group) for group in groups)


def _continues(last: GcLog, log: GcLog) -> bool:
    if last.source.path == log.source.path:
        return last.end_ns <= log.start_ns
    if last.source.clock.kind is not log.source.clock.kind or last.end_ns > log.start_ns:
        return False
    if last.vm.started_ns is not None and log.vm.started_ns is not None:
        return abs(last.vm.started_ns - log.vm.started_ns) < NS_PER_SECOND // 10
    if last.last_id is not None and log.first_id is not None:
        return log.first_id - last.last_id in {0, 1}
    return False


@dataclass(frozen=True, slots=True, eq=False)
class JstatTable(Fact):
    """Rows of one `jstat`; columns named as jstat names them, NaN for "-".

    `times_ns` is the Timestamp column (time since the JVM started) or the dates a shell printed
    between the rows; empty where there is neither. Sizes are bytes, percentages ratios 0-1 of
    what is *committed*, not of the maximum; times are seconds. YGC, FGC, CGC and the times are
    counters since the JVM started.
    """

    times_ns: Integers
    columns: tuple[tuple[str, Floats], ...]
    lines: Integers
    causes: tuple[tuple[str, str], ...] = ()  # (last cause, current cause) per row, of -gccause
    collector: Collector | None = None  # by the causes and the columns in use

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the table with every time moved by `delta_ns`, owned by `source`."""
        return replace(self, source=source, times_ns=self.times_ns + delta_ns)

    def column(self, name: str) -> Floats | None:
        """A column by jstat's name, or None."""
        return dict(self.columns).get(name)

    def grown(self, name: str) -> float | None:
        """Growth of a counter from the first row to the last; None without two numbers."""
        values = self.column(name)
        if values is None:
            return None
        known = values[~np.isnan(values)]
        return float(known[-1] - known[0]) if len(known) > 1 else None
