"""Protects: signals are cut by phases as hand calculation and another reader of the dump say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perfreport.measure.signals import (
    answer,
    is_signal,
    measure_signals,
    run_signals,
    signal_lines,
    signal_statistics,
)
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import TestRun
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from perfreport.sources._input import Input
from perfreport.sources.prometheus_text import read

SECOND = 10**9
START = 1_795_350_000 * SECOND
UTC = Clock(ClockKind.UTC)
DATA = Path(__file__).parent / "data"


def _phase(name: str, start_s: float, end_s: float, origin_ns: int = START) -> Phase:
    start, end = origin_ns + int(start_s * SECOND), origin_ns + int(end_s * SECOND)
    return Phase(name, PhaseKind.PLATEAU, start, end, message("x"), PhaseOrigin.PLAN)


def _phases(*phases: Phase) -> Phases:
    return Phases(phases, phases[0].start_ns, phases[-1].end_ns)


def _series(
    signal: str,
    values: list[float],
    kind: SignalKind = SignalKind.GAUGE,
    part: Part = Part.VALUE,
    step: float = 1.0,
    first: float = 0.0,
    **labels: str,
) -> SignalSeries:
    times = START + ((first + np.arange(len(values)) * step) * SECOND).astype(np.int64)
    return SignalSeries(
        signal,
        part,
        kind,
        Unit.COUNT,
        tuple(sorted(labels.items())),
        times,
        np.array(values, float),
    )


def _counter(
    signal: str, values: list[float], part: Part = Part.VALUE, **kw: object
) -> SignalSeries:
    return _series(signal, values, SignalKind.COUNTER, part, **kw)  # type: ignore[arg-type]


def _run(*series: SignalSeries, path: str = "scrapes.prom", clock: Clock = UTC) -> TestRun:
    source = SourceRef(path, "metric-series", "prometheus", clock=clock)
    times = series[0].times_ns if series else np.array([], dtype=np.int64)
    return TestRun("LT", (Signals(source, series, times),), (source,))


def _ask(
    run: TestRun, phases: Phases, metric: str, stat: str, phase: str = "all", **where: str
) -> float | None:
    selector = Selector(metric, stat, tuple(where.items()), phase)
    return answer(run_signals(run), phases, selector).value


TEN = _phases(_phase("a", 0, 5), _phase("b", 5, 10))


def test_levels() -> None:
    run = _run(_series("hikaricp.connections.active", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], pool="p"))
    ask = lambda stat, phase="all": _ask(run, TEN, "hikaricp.connections.active", stat, phase)  # noqa: E731
    assert (ask("peak", "a"), ask("peak", "b"), ask("max")) == (4, 9, 9)
    assert (ask("mean", "a"), ask("avg"), ask("min", "b"), ask("last")) == (2, 4.5, 5, 9)
    assert ask("med") == pytest.approx(4.5)
    assert ask("p(95)") == pytest.approx(8.55)  # numpy's and k6's interpolation
    assert ask("rate") is None
    assert ask("count") is None


def test_the_worst_pool_answers_and_labels_choose() -> None:
    run = _run(
        _series("hikaricp.connections.active", [4, 4], pool="a"),
        _series("hikaricp.connections.active", [3, 9], pool="b"),
        _series("hikaricp.connections.max", [5, 5], pool="a"),
        _series("hikaricp.connections.max", [10, 10], pool="b"),
    )
    assert _ask(run, TEN, "hikaricp.connections.utilization", "peak") == pytest.approx(0.9)
    assert _ask(run, TEN, "hikaricp.connections.utilization", "mean") == pytest.approx(0.8)
    assert _ask(run, TEN, "hikaricp.connections.utilization", "peak", pool="a") == pytest.approx(
        0.8
    )
    assert _ask(run, TEN, "hikaricp.connections.active", "peak", pool="b*") == 9


def test_neighbouring_phases_add_up() -> None:
    run = _run(
        _counter("hikaricp.connections.timeout", [0, 0, 1, 3, 6, 6, 8, 8, 9, 9, 12], pool="p")
    )
    ask = lambda phase: _ask(run, TEN, "hikaricp.connections.timeout", "count", phase)  # noqa: E731
    assert (ask("a"), ask("b"), ask("all")) == (6, 6, 12)
    assert _ask(run, TEN, "hikaricp.connections.timeout", "rate") == pytest.approx(1.2)
    assert _ask(run, TEN, "hikaricp.connections.timeout", "peak") == 3


def test_a_restart_does_not_lose_what_was_counted() -> None:
    run = _run(_counter("hikaricp.connections.timeout", [5, 7, 9, 1, 2, 4], pool="p"))
    assert _ask(run, TEN, "hikaricp.connections.timeout", "count") == 4 + 1 + 3


def test_timers_are_totals_over_counts_not_means_of_means() -> None:
    run = _run(
        _counter("hikaricp.connections.usage", [0, 1, 101], Part.COUNT, pool="p"),
        _counter("hikaricp.connections.usage", [0, 1, 2], Part.TOTAL, pool="p"),
    )
    assert _ask(run, TEN, "hikaricp.connections.usage", "mean") == pytest.approx(2 / 101)
    assert _ask(run, TEN, "hikaricp.connections.usage", "count") == 101
    assert _ask(run, TEN, "hikaricp.connections.usage", "rate") == pytest.approx(50.5)
    (line,) = signal_lines(run_signals(run), "hikaricp.connections.usage")
    assert list(line.values) == pytest.approx([1.0, 0.01])


def test_a_mean_is_better_than_nothing() -> None:
    run = _run(_series("hikaricp.connections.usage", [0.1, 0.3], part=Part.MEAN, pool="p"))
    assert _ask(run, TEN, "hikaricp.connections.usage", "mean") == pytest.approx(0.2)
    (row, *_) = signal_statistics(run_signals(run), TEN)
    assert (row.signal, row.unit, row.increase) == (
        "hikaricp.connections.usage",
        Unit.SECONDS,
        None,
    )


def test_series_born_in_the_window_share_its_seconds() -> None:
    """A status that appears late has its own few seconds, but its requests are of the window."""
    run = _run(
        _counter("http.server.requests", [0, 10, 20, 30, 40], Part.COUNT, uri="/a", status="200"),
        _counter("http.server.requests", [0, 40, 80, 120, 160], Part.TOTAL, uri="/a", status="200"),
        _counter("http.server.requests", [0, 10], Part.COUNT, first=3, uri="/a", status="500"),
        _counter("http.server.requests", [0, 5], Part.TOTAL, first=3, uri="/a", status="500"),
    )
    assert _ask(run, TEN, "http.server.rate", "mean") == pytest.approx(50 / 4)
    assert _ask(run, TEN, "http.server.mean", "mean") == pytest.approx(165 / 50)


def test_the_monitoring_itself_is_left_out() -> None:
    run = _run(
        _counter("http.server.requests", [0, 10], Part.COUNT, uri="/api"),
        _counter("http.server.requests", [0, 1], Part.TOTAL, uri="/api"),
        _counter("http.server.requests", [0, 90], Part.COUNT, uri="/actuator/prometheus"),
        _counter("http.server.requests", [0, 90], Part.TOTAL, uri="/actuator/prometheus"),
    )
    assert _ask(run, TEN, "http.server.mean", "mean") == pytest.approx(0.1)


def test_percentiles_come_from_buckets() -> None:
    grown = {"0.1": 50.0, "0.5": 90.0, "1": 100.0, "+Inf": 100.0}
    buckets = [
        _counter("http.server.requests", [7, 7 + count], Part.BUCKET, uri="/a", le=bound)
        for bound, count in grown.items()
    ]
    run = _run(*buckets, _counter("http.server.requests", [0, 100], Part.COUNT, uri="/a"))
    assert _ask(run, TEN, "http.server.requests", "p(50)") == pytest.approx(0.1)
    assert _ask(run, TEN, "http.server.requests", "p(95)") == pytest.approx(0.75)
    assert _ask(run, TEN, "http.server.requests", "med") == pytest.approx(0.1)


def test_percentiles_without_buckets_are_refused() -> None:
    run = _run(
        _counter("hikaricp.connections.usage", [0, 9], Part.COUNT, pool="p"),
        _counter("hikaricp.connections.usage", [0, 1], Part.TOTAL, pool="p"),
    )
    found = answer(run_signals(run), TEN, Selector("hikaricp.connections.usage", "p(95)"))
    assert found.value is None
    assert [said.key for said in found.warnings] == ["warning.signal.no-buckets"]


def test_a_decaying_maximum_counts_where_it_rises() -> None:
    run = _run(
        _series("jvm.gc.pause", [0, 0, 0.3, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1], part=Part.MAX)
    )
    assert _ask(run, TEN, "jvm.gc.pause", "max", "a") == pytest.approx(0.3)
    late = answer(run_signals(run), TEN, Selector("jvm.gc.pause", "max", phase="b"))
    assert late.value == pytest.approx(0.3)
    assert [said.key for said in late.warnings] == ["warning.signal.decaying-max"]


def test_two_scrapes_around_the_test_give_its_average() -> None:
    run = _run(_counter("cache.gets", [100, 500], step=12, first=-1, cache="c", result="hit"))
    found = answer(run_signals(run), TEN, Selector("cache.gets", "count"))
    assert found.value == 400
    assert [said.key for said in found.warnings] == ["warning.signal.coarse"]
    assert _ask(run, TEN, "cache.gets", "count", "a") is None  # no phase can be told apart


def test_a_lone_scrape_is_since_the_start_and_grades_nothing() -> None:
    run = _run(
        _counter("cache.gets", [90], first=3, cache="c", result="hit"),
        _counter("cache.gets", [10], first=3, cache="c", result="miss"),
    )
    signals = run_signals(run)
    found = answer(signals, TEN, Selector("cache.hit.ratio", "mean"))
    assert found.value is None
    assert [said.key for said in found.warnings] == ["warning.signal.since-start"]
    rows = {
        (row.signal, row.labels): row for row in signal_statistics(signals, TEN) if row.since_start
    }
    assert rows["cache.gets", (("cache", "c"), ("result", "hit"))].increase == 90
    assert rows["cache.hit.ratio", (("cache", "c"),)].mean == pytest.approx(0.9)


def test_sources_without_a_place_in_time_are_not_asked() -> None:
    run = _run(_series("tomcat.threads.busy", [1, 2]), clock=Clock(ClockKind.UNKNOWN))
    assert _ask(run, TEN, "tomcat.threads.busy", "max") is None


def test_hit_ratio_adds_up_before_it_divides() -> None:
    run = _run(
        _counter("cache.gets", [0, 98], cache="a", result="hit"),
        _counter("cache.gets", [0, 2], cache="a", result="miss"),
        _counter("cache.gets", [0, 0], cache="b", result="hit"),
        _counter("cache.gets", [0, 100], cache="b", result="miss"),
    )
    assert _ask(run, TEN, "cache.hit.ratio", "mean") == pytest.approx(98 / 200)
    assert _ask(run, TEN, "cache.hit.ratio", "mean", cache="a") == pytest.approx(0.98)


def test_heap_is_the_sum_of_its_spaces_and_no_maximum_is_none() -> None:
    nan = float("nan")
    run = _run(
        _series("jvm.memory.used", [100, 200], area="heap", id="G1 Eden Space"),
        _series("jvm.memory.used", [300, 300], area="heap", id="G1 Old Gen"),
        _series("jvm.memory.used", [999, 999], area="nonheap", id="Metaspace"),
        _series("jvm.memory.max", [nan, nan], area="heap", id="G1 Eden Space"),
        _series("jvm.memory.max", [1000, 1000], area="heap", id="G1 Old Gen"),
    )
    assert _ask(run, TEN, "jvm.memory.heap.utilization", "peak") == pytest.approx(0.5)
    assert _ask(run, TEN, "jvm.memory.heap.utilization", "mean") == pytest.approx(0.45)


def test_two_files_of_unlabelled_instances_are_not_mixed() -> None:
    left = _run(_counter("hikaricp.connections.timeout", [100, 101], pool="p"), path="pod-1.prom")
    right = _run(_counter("hikaricp.connections.timeout", [5, 9], pool="p"), path="pod-2.prom")
    run = TestRun("LT", (*left.facts, *right.facts), (*left.sources, *right.sources))
    assert _ask(run, TEN, "hikaricp.connections.timeout", "count") == 1 + 4
    rows = [row for row in signal_statistics(run_signals(run), TEN) if row.phase == "all"]
    assert {dict(row.labels)["file"]: row.increase for row in rows} == {
        "pod-1.prom": 1,
        "pod-2.prom": 4,
    }


def test_a_scrape_before_and_one_after_are_one_series() -> None:
    before = _run(_counter("cache.gets", [100], first=-1, cache="c", result="hit"), path="before")
    after = _run(_counter("cache.gets", [160], first=11, cache="c", result="hit"), path="after")
    run = TestRun("LT", (*before.facts, *after.facts), (*before.sources, *after.sources))
    assert _ask(run, TEN, "cache.gets", "count") == 60


def test_one_signal_in_two_dialects_is_counted_once() -> None:
    scrapes = _run(_counter("cache.gets", [0, 5, 10], cache="c", result="hit"))
    source = SourceRef("range.json", "metric-series", "prometheus-api", clock=UTC)
    again = _counter("cache.gets", [0, 10], step=2, cache="c", result="hit", instance="i")
    facts = (*scrapes.facts, Signals(source, (again,), again.times_ns))
    assert _ask(TestRun("LT", facts, (source,)), TEN, "cache.gets", "count") == 10


LAG = [0, 100, 400, 800, 600, 300, 100, 8, 0, 0, 0]


def _lag(values: list[float]) -> TestRun:
    return _run(_series("kafka.consumer.group.lag", values, group="g", topic="t", partition="0"))


def test_lag_and_its_drain_time() -> None:
    phases = _phases(_phase("spike", 0, 3), _phase("after", 3, 4))
    assert _ask(_lag(LAG), phases, "kafka.consumer.lag", "peak") == 800
    drained = _ask(_lag(LAG), phases, "kafka.consumer.lag.drain", "last")
    assert drained == pytest.approx(4)  # from 4 s to 8 s, where nothing is left
    spike = _ask(_lag(LAG), phases, "kafka.consumer.lag.drain", "last", "spike")
    assert spike == pytest.approx(5)


def test_a_lag_that_hovers_near_nothing_is_gone() -> None:
    """Where traffic goes on, each poll leaves a few records for the next one."""
    phases = _phases(_phase("spike", 0, 3))
    run = _lag([0, 100, 400, 800, 600, 300, 100, 8, 3, 5, 2])
    assert _ask(run, phases, "kafka.consumer.lag.drain", "last") == pytest.approx(4)


def test_a_lag_that_stays_has_no_drain_time() -> None:
    phases = _phases(_phase("spike", 0, 3))
    run = _lag([0, 100, 400, 800, 700, 650])
    found = answer(run_signals(run), phases, Selector("kafka.consumer.lag.drain", "last"))
    assert found.value is None
    (said,) = found.warnings
    assert said.key == "warning.signal.not-drained"
    assert dict(said.params)["remaining"] == 650


def test_a_lag_watched_only_during_the_load_has_no_drain_time() -> None:
    phases = _phases(_phase("spike", 0, 5.5))
    assert _ask(_lag([0, 100, 0, 0, 0, 0]), phases, "kafka.consumer.lag.drain", "last") is None


def test_signals_are_known_by_name() -> None:
    assert is_signal("hikaricp.connections.utilization")
    assert is_signal("tomcat.threads.busy")
    assert not is_signal("http_req_duration")


# Figures another program measured from the raw files of a real stress run with a hot row (pool 20,
# five stages of 12 s, the first 2 s a ramp): stage, active peak and mean, pending peak and mean,
# hold ms, busy peak and mean, mean at the server in ms, GC share in percent.
ORIGIN = 1_795_354_257_301_583_000  # 2026-11-22T13:30:57.301583Z
MEASURED = [
    ("20 VUs", 2.0, 0.2, 0.0, 0.0, 24.7, 4.0, 2.1, 23.9, 0.25),
    ("40 VUs", 9.0, 5.6, 0.0, 0.0, 77.4, 11.0, 7.4, 55.6, 0.15),
    ("60 VUs", 19.0, 17.2, 0.0, 0.0, 197.9, 22.0, 19.7, 135.9, 0.16),
    ("80 VUs", 20.0, 20.0, 24.0, 19.6, 265.1, 42.0, 38.5, 285.2, 0.14),
    ("100 VUs", 20.0, 19.9, 48.0, 42.7, 298.9, 66.0, 60.4, 433.5, 0.13),
]
STAGES = _phases(
    *(_phase(row[0], 12 * n + 2, 12 * n + 12, ORIGIN) for n, row in enumerate(MEASURED))
)


@pytest.fixture(scope="module")
def shop() -> TestRun:
    path = DATA / "row-locks.prom.gz"
    reading = read(Input(path.name, path))
    source = SourceRef(path.name, "metric-series", "prometheus", clock=reading.clock)
    return TestRun("ST", reading.facts(source), (source,))


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row[0])
def test_a_real_run_by_stage(shop: TestRun, row: tuple[str, *tuple[float, ...]]) -> None:
    stage, active, active_mean, pending, pending_mean, hold, busy, busy_mean, server, gc = row

    def ask(metric: str, stat: str) -> float:
        found = _ask(shop, STAGES, metric, stat, stage)
        assert found is not None
        return found

    assert ask("hikaricp.connections.active", "peak") == active
    assert ask("hikaricp.connections.active", "mean") == pytest.approx(active_mean, abs=0.06)
    assert ask("hikaricp.connections.pending", "peak") == pending
    assert ask("hikaricp.connections.pending", "mean") == pytest.approx(pending_mean, abs=0.06)
    assert ask("tomcat.threads.busy", "peak") == busy
    assert ask("tomcat.threads.busy", "mean") == pytest.approx(busy_mean, abs=0.06)
    # The other program counts from the first scrape inside the stage, not from the last before it.
    assert ask("hikaricp.connections.usage", "mean") * 1e3 == pytest.approx(hold, rel=0.02)
    assert ask("http.server.mean", "mean") * 1e3 == pytest.approx(server, rel=0.04)
    assert ask("jvm.gc.share", "mean") * 100 == pytest.approx(gc, abs=0.06)


def test_a_real_run_as_a_whole(shop: TestRun) -> None:
    selectors = (
        Selector("hikaricp.connections.utilization", "peak"),
        Selector("hikaricp.connections.timeout", "count"),
        Selector("cache.hit.ratio", "mean"),
        Selector("http_req_duration", "p(95)"),
    )
    rows, answers = measure_signals(shop, STAGES, selectors)
    values = [answers[one].value for one in selectors[:3]]
    assert values == [1.0, 0.0, 1.0]
    assert selectors[3] not in answers  # k6's, not the server's
    usage = [row for row in rows if row.signal == "hikaricp.connections.usage"]
    assert [row.phase for row in usage] == ["all", *(row[0] for row in MEASURED)]
    assert all(dict(row.labels) == {"pool": "HikariPool-1"} for row in usage)
    assert all(row.unit is Unit.SECONDS and row.increase for row in usage)
