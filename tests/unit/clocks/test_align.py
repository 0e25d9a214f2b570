"""Protects: a source is placed only where one place is left, says so, and else stays apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, cast

import numpy as np
import pytest

from perfreport.clocks import align, align_all
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.run import Intake, TestRun
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, Fact, SourceRef
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.store import SampleStore

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
NOON = 1_795_348_800 * 10**9  # 2026-11-22T12:00:00Z
OPEN = Clock(ClockKind.UNKNOWN, reason=message("clock.no-zone"))


@dataclass(frozen=True, slots=True)
class Mark(Fact):
    """A fact with one time."""

    at_ns: int

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        return replace(self, source=source, at_ns=self.at_ns + delta_ns)


def _load(minutes: int = 10) -> LoadSamples:
    source = SourceRef("results.json", "k6-json", clock=Clock(ClockKind.UTC))
    store = cast("SampleStore", None)
    return LoadSamples(source, store, (), (), NOON, NOON + minutes * MINUTE, ("results.json",))


def _source(
    start_ns: int,
    end_ns: int,
    clock: Clock = OPEN,
    path: str = "slow.log",
    kind: str = "slow-query-log",
) -> SourceRef:
    return SourceRef(path, kind, start_ns=start_ns, end_ns=end_ns, clock=clock)


def _run(*sources: SourceRef, facts: tuple[Fact, ...] = ()) -> TestRun:
    load = _load()
    marks = tuple(Mark(source, source.start_ns or 0) for source in sources)
    return TestRun("LT", (load, *marks, *facts), (load.source, *sources))


def _first(run: TestRun) -> tuple[Clock, int]:
    mark = run.of(Mark)[0]
    assert mark.source in run.sources
    return mark.source.clock, mark.at_ns


@pytest.mark.parametrize("hours", [0.0, 9.0, 8.0, -5.0, 5.5, 5.75])
def test_local_times_are_placed_by_what_they_overlap(hours: float) -> None:
    offset = int(hours * HOUR)
    run = align(_run(_source(NOON + offset - MINUTE, NOON + offset + 11 * MINUTE)))
    clock, at = _first(run)
    assert (clock.kind, clock.offset_ns) == (ClockKind.ALIGNED, offset)
    assert clock.reason is not None
    assert clock.reason.key == "clock.aligned-overlap"
    assert at == NOON - MINUTE
    assert run.sources[1].start_ns == NOON - MINUTE


def test_times_of_another_day_are_not_placed() -> None:
    source = _source(NOON - 50 * HOUR, NOON - 49 * HOUR)
    clock, at = _first(align(_run(source)))
    assert clock.kind is ClockKind.UNKNOWN
    assert not clock.correlated
    assert clock.reason is not None
    assert clock.reason.key == "clock.no-overlap"
    assert at == NOON - 50 * HOUR


def test_a_day_of_logs_fits_many_zones_and_is_not_placed() -> None:
    source = _source(NOON - 15 * HOUR, NOON + 15 * HOUR)
    clock, at = _first(align(_run(source)))
    assert clock.kind is ClockKind.UNKNOWN
    assert clock.reason is not None
    assert clock.reason.key == "clock.ambiguous"
    assert at == NOON - 15 * HOUR


def test_an_ambiguous_log_follows_the_zone_of_its_neighbour() -> None:
    long = _source(NOON - 15 * HOUR, NOON + 15 * HOUR, path="mysql-slow.log")
    written = _source(NOON, NOON + MINUTE, Clock(ClockKind.OFFSET, 9 * HOUR), path="app.log")
    clock, at = _first(align(_run(long, written)))
    assert (clock.kind, clock.offset_ns, at) == (ClockKind.ALIGNED, 9 * HOUR, NOON - 24 * HOUR)
    assert clock.reason is not None
    assert dict(clock.reason.params)["other"] == "app.log"


def test_a_neighbour_that_was_placed_itself_is_a_hint() -> None:
    long = _source(NOON - 15 * HOUR, NOON + 15 * HOUR, path="a-long.log")
    short = _source(NOON + 9 * HOUR, NOON + 9 * HOUR + 9 * MINUTE, path="b-short.log")
    clock, _ = _first(align(_run(long, short)))
    assert (clock.kind, clock.offset_ns) == (ClockKind.ALIGNED, 9 * HOUR)


def test_neighbours_that_contradict_each_other_are_no_hint() -> None:
    long = _source(NOON - 15 * HOUR, NOON + 15 * HOUR, path="mysql-slow.log")
    others = [
        _source(NOON, NOON + MINUTE, Clock(ClockKind.OFFSET, hours * HOUR), path=f"{hours}.log")
        for hours in (8, 9)
    ]
    assert _first(align(_run(long, *others)))[0].kind is ClockKind.UNKNOWN


def test_metrics_in_utc_do_not_tell_the_zone_of_the_server() -> None:
    long = _source(NOON - 15 * HOUR, NOON + 15 * HOUR)
    metrics = _source(NOON, NOON + MINUTE, Clock(ClockKind.UTC), "m.prom", "metric-series")
    assert _first(align(_run(long, metrics)))[0].kind is ClockKind.UNKNOWN


def _metrics(*starts: int, jvm: bool = True) -> Signals:
    source = _source(NOON, NOON + MINUTE, Clock(ClockKind.UTC), "m.prom", "metric-series")
    times = NOON + np.arange(len(starts), dtype=np.int64) * MINUTE
    start = SignalSeries(
        "process.start.time", Part.VALUE, SignalKind.GAUGE, Unit.SECONDS, (), times,
        np.array([value / 1e9 for value in starts]),
    )  # fmt: skip
    gauge = SignalSeries(
        "jvm.threads.live" if jvm else "up", Part.VALUE, SignalKind.GAUGE, Unit.COUNT, (), times,
        np.ones(len(starts)),
    )  # fmt: skip
    return Signals(source, (start, gauge), times)


def _uptime(kind: str = "gc-log") -> SourceRef:
    clock = Clock(ClockKind.RELATIVE, reason=message("clock.gc-uptime-only"))
    return _source(0, 40 * MINUTE, clock, "gc.log", kind)


def test_uptime_is_placed_by_the_start_of_the_process() -> None:
    started = NOON - 20 * MINUTE
    run = align(_run(_uptime(), facts=(_metrics(started),)))
    clock, at = _first(run)
    assert (clock.kind, clock.offset_ns, at) == (ClockKind.ALIGNED, -started, started)
    assert clock.reason is not None
    assert clock.reason.key == "clock.aligned-start"


@pytest.mark.parametrize(
    ("source", "metrics"),
    [
        (_uptime(), _metrics(NOON - 20 * MINUTE, NOON - 5 * MINUTE)),  # which of the two?
        (_uptime(), _metrics(NOON - 50 * HOUR)),  # ended long before the test
        (_uptime(), _metrics(NOON - 20 * MINUTE, jvm=False)),  # an exporter's own start
        (_uptime("global-status"), _metrics(NOON - 20 * MINUTE)),  # another process
    ],
)
def test_uptime_without_one_start_is_not_placed(source: SourceRef, metrics: Signals) -> None:
    clock, at = _first(align(_run(source, facts=(metrics,))))
    assert clock.kind is ClockKind.RELATIVE
    assert at == 0


def test_a_time_of_day_gets_the_date_of_the_test() -> None:
    clock = Clock(ClockKind.RELATIVE, reason=message("clock.log-time-of-day"))
    source = _source(21 * HOUR, 21 * HOUR + 10 * MINUTE, clock, "app.log", "app-log")
    placed, at = _first(align(_run(source)))
    assert placed.kind is ClockKind.ALIGNED
    assert at == NOON


@pytest.mark.parametrize(("at", "kind"), [(5, ClockKind.ALIGNED), (-60, ClockKind.UNKNOWN)])
def test_a_file_date_counts_inside_the_test_only(at: int, kind: ClockKind) -> None:
    clock = Clock(ClockKind.UNKNOWN, reason=message("clock.modified-time"))
    source = _source(NOON + at * MINUTE, NOON + at * MINUTE, clock, "a.json", "metric-series")
    assert _first(align(_run(source)))[0].kind is kind


def test_without_load_nothing_moves() -> None:
    source = _source(NOON, NOON + MINUTE)
    run = TestRun("LT", (Mark(source, NOON),), (source,))
    assert align(run) == run


def test_the_list_of_files_shows_the_places() -> None:
    run = _run(_source(NOON + 9 * HOUR, NOON + 9 * HOUR + MINUTE))
    stranger = SourceRef("notes.txt", "unknown")
    intake = align_all(Intake((run,), (*run.sources, stranger)))
    assert [source.clock.kind for source in intake.sources] == [
        ClockKind.UTC,
        ClockKind.ALIGNED,
        ClockKind.UNKNOWN,
    ]
    assert intake.sources[1] in intake.runs[0].sources
