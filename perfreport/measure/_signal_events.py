"""Facts that are events, told as series: garbage collections as running totals.

A GC log knows every pause to the microsecond; exporters round each to a millisecond and leave
the short pauses of concurrent cycles out. Where both tell of as many processes, the log counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.jvm import GcLog, processes
from perfreport.model.signal import Part, SignalKind, SignalSeries
from perfreport.model.units import NS_PER_SECOND, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.run import TestRun

PAUSE = "jvm.gc.pause"
FULL = "jvm.gc.full"
AFTER = "jvm.gc.heap.after"
LIMIT = "jvm.gc.heap.max"
EVENTS = frozenset({AFTER, LIMIT})  # told when something happens: silence means that nothing did


def gc_series(run: TestRun) -> tuple[SignalSeries, ...]:
    """Pauses of every JVM with a placed GC log, once a second; heap after each collection."""
    logs = tuple(log for log in run.of(GcLog) if log.source.clock.correlated)
    groups = processes(logs)
    series: list[SignalSeries] = []
    for group in groups:
        labels: Tags = (("file", group[0].source.path),) if len(groups) > 1 else ()
        series += _process(group, labels)
    return tuple(series)


def _process(logs: tuple[GcLog, ...], labels: Tags) -> Iterator[SignalSeries]:
    ends = np.concatenate([log.pauses.end_ns for log in logs])
    seconds = np.concatenate([np.where(log.pauses.inside, 0.0, log.pauses.seconds) for log in logs])
    order = np.argsort(ends, kind="stable")
    ends, seconds = ends[order], seconds[order]
    full_ends = np.sort(np.concatenate([log.pauses.end_ns[log.pauses.full] for log in logs]))
    grid = np.arange(logs[0].start_ns, logs[-1].end_ns + NS_PER_SECOND, NS_PER_SECOND)
    done = np.searchsorted(ends, grid, side="right")
    total = np.concatenate(([0.0], np.cumsum(seconds)))[done]
    longest = np.zeros(len(grid))
    slot = np.minimum(np.searchsorted(grid, ends, side="left"), len(grid) - 1)
    np.maximum.at(longest, slot, seconds)

    def pause(part: Part, kind: SignalKind, unit: Unit, values: Floats) -> SignalSeries:
        return SignalSeries(PAUSE, part, kind, unit, labels, grid, values)

    yield pause(Part.COUNT, SignalKind.COUNTER, Unit.COUNT, done.astype(np.float64))
    yield pause(Part.TOTAL, SignalKind.COUNTER, Unit.SECONDS, total)
    yield pause(Part.MAX, SignalKind.GAUGE, Unit.SECONDS, longest)
    full = np.searchsorted(full_ends, grid, side="right").astype(np.float64)
    yield SignalSeries(FULL, Part.VALUE, SignalKind.COUNTER, Unit.COUNT, labels, grid, full)
    levels = [log.heap_after() for log in logs]
    times: Integers = np.concatenate([level.times_ns for level in levels])
    unique, last = np.unique(times[::-1], return_index=True)
    after = np.concatenate([level.values for level in levels])[::-1][last]
    if len(unique):
        yield _gauge(AFTER, labels, unique, after)
    limit = next((log.vm.heap_max for log in logs if log.vm.heap_max), None)
    if limit and len(unique):
        yield _gauge(LIMIT, labels, unique, np.full(len(unique), limit))


def _gauge(name: str, labels: Tags, times_ns: Integers, values: Floats) -> SignalSeries:
    return SignalSeries(name, Part.VALUE, SignalKind.GAUGE, Unit.BYTES, labels, times_ns, values)
