"""What the placed sources of a run tell of its zones and of when its processes started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.jvm import GcLog
from perfreport.model.signal import Signals
from perfreport.model.source import ClockKind
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from perfreport.model.run import TestRun

# These print the zone of their own host; metrics and k6 do not tell where the server stands.
_LOCAL_WRITERS = frozenset({"app-log", "gc-log", "slow-query-log", "thread-dump"})


@dataclass(frozen=True, slots=True)
class Hints:
    """Zones as (offset from UTC, file it was seen in), JVM starts as (UTC time, file)."""

    zones: tuple[tuple[int, str], ...]
    starts: tuple[tuple[int, str], ...]


def hints_of(run: TestRun) -> Hints:
    """Collect the hints, each value once, from the first file that gives it."""
    zones: dict[int, str] = {}
    for source in run.sources:
        clock = source.clock
        told = clock.kind in {ClockKind.OFFSET, ClockKind.ALIGNED} and _is_zone(clock.offset_ns)
        local = source.kind in _LOCAL_WRITERS and source.dialect != "json"  # JSON is always UTC
        if told or (clock.kind is ClockKind.UTC and local):
            zones.setdefault(clock.offset_ns, source.path)
    starts: dict[int, str] = {}
    for fact in run.of(Signals):
        if not fact.source.clock.correlated or not _is_jvm(fact):
            continue
        for one in fact.series:
            if one.signal == "process.start.time":
                for value in one.values[one.values > 0]:
                    _add_start(starts, round(float(value) * 1000) * 1_000_000, fact.source.path)
    for log in run.of(GcLog):
        if log.vm.started_ns is not None and log.source.clock.correlated:
            _add_start(starts, log.vm.started_ns, log.source.path)
    return Hints(tuple(zones.items()), tuple(starts.items()))


def _is_zone(offset_ns: int) -> bool:
    return abs(offset_ns) <= 14 * 3600 * NS_PER_SECOND


def _is_jvm(fact: Signals) -> bool:
    """Exporters have a start time, too, but it is their own."""
    return any(one.signal.startswith("jvm.") for one in fact.series)


def _add_start(starts: dict[int, str], start_ns: int, path: str) -> None:
    if all(abs(start_ns - known) > NS_PER_SECOND for known in starts):
        starts[start_ns] = path
