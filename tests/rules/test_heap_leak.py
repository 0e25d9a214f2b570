"""A heap that climbs is a leak; one that fills, follows the load or stays full is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.settle import settle
from perfreport.diagnosis.views.heap import heap_floors
from perfreport.model.applog import AppLog
from perfreport.model.finding import Category, Role
from perfreport.model.grade import TestGrade, TestKind, Verdict
from perfreport.model.jvm import GcLog
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from perfreport.sources import ingest
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

RULE = "heap-leak"
SAMPLES = Path(__file__).parents[2] / "samples" / "gc-unified"
MIB = 1024.0**2
LIMIT = 1000 * MIB


def logged(name: str, skipped: float = 8) -> GcLog:
    """A recorded log, moved so that the load begins some seconds after its JVM."""
    with ingest([str(SAMPLES / name)], None) as intake:
        (log,) = (fact for run in intake.runs for fact in run.of(GcLog))
    return log.shifted(BEGIN - log.start_ns - round(skipped * SECOND), log.source)


def made(*levels: float, share: float = 0.01, seconds: float = 30) -> GcLog:
    """A log of nothing but Full GCs, evenly spread, with what each of them leaves in MiB."""
    log = logged("jdk17-parallel-leak.log")
    count = len(levels)
    pauses = replace(
        log.pauses,
        start_ns=BEGIN + np.linspace(0, (seconds - 0.5) * SECOND, count).astype(np.int64),
        seconds=np.full(count, share * seconds / count),
        full=np.ones(count, dtype=bool),
        inside=np.zeros(count, dtype=bool),
        phase=np.full(count, log.pauses.phases.index("Pause Full")),
        cause=np.zeros(count, dtype=np.int64),
        before=np.full(count, 0.95 * LIMIT),
        after=np.array(levels) * MIB,
        capacity=np.full(count, LIMIT),
        promoted=np.full(count, np.nan),
        line=np.arange(count) + 1,
    )
    end = BEGIN + round(seconds * SECOND)
    return replace(
        log, vm=replace(log.vm, heap_max=LIMIT), pauses=pauses, start_ns=BEGIN, end_ns=end
    )


def run(log: GcLog | Signals):
    return served(Stage(), Stage(), Stage(), facts=(log,))


def climbing(start: float, by: float, count: int = 30) -> list[float]:
    return list(start + by * np.linspace(0, 1, count))


@pytest.mark.parametrize(
    "name",
    ["jdk17-g1", "jdk17-parallel", "jdk17-serial", "jdk17-zgc", "jdk25-genzgc", "jdk25-shenandoah"],
)
def test_fires_on_a_real_leak_of_every_collector(name: str) -> None:
    (finding,) = findings(RULE, run(logged(f"{name}-leak.log")))
    slope = dict(finding.summary.params)["slope"].value / 60
    kept = 2.4e6 if "shenandoah" in name else 2.8e6  # what the program kept per second
    # Concurrent collectors leave what died while they ran.
    assert slope == pytest.approx(kept, rel=0.3 if "shenandoah" in name else 0.2)


def test_fires_as_a_risk_until_the_collector_takes_its_toll() -> None:
    (finding,) = findings(RULE, run(made(*climbing(400, 100))))
    assert finding.category is Category.RISK
    left = dict(finding.summary.params)["left"].value
    assert left == pytest.approx(500 / (100 / 29.5), abs=0.5)


def test_fires_as_the_cause_of_the_collector_at_work() -> None:
    case = run(made(*climbing(400, 400), share=0.2))
    (leak,) = findings(RULE, case)
    (pressure,) = findings("gc-pressure", case)
    slow = replace(pressure, rule="latency-degraded", role=Role.SYMPTOM)
    grade = TestGrade("LT-001", TestKind.LOAD, None, Verdict.FAIL, ())
    found = {one.rule: one for one in settle((leak, pressure, slow), grade)}
    assert found[RULE].role is Role.CAUSE
    assert found["gc-pressure"].role is Role.SYMPTOM
    assert found["gc-pressure"].caused_by == (RULE,)
    assert found["latency-degraded"].caused_by == (RULE,)


def exhausted(second: float, folder: Path) -> AppLog:
    """An application's log with one OutOfMemoryError."""
    at = datetime.fromtimestamp((BEGIN + second * SECOND) / SECOND, tz=UTC)
    path = folder / "app.log"
    path.write_text(
        f"{at:%Y-%m-%dT%H:%M:%S}.000Z ERROR 7 --- [shop] [exec-4] c.s.Orders : not stored\n\n"
        "java.lang.OutOfMemoryError: Java heap space\n\tat c.s.Orders.store(Orders.java:35)\n",
        encoding="utf-8",
    )
    with ingest([str(path)], None) as intake:
        (log,) = (fact for run in intake.runs for fact in run.of(AppLog))
    return log


@pytest.mark.parametrize(("levels", "named"), [((500, 620, 740, 980), 1), ((700, 500, 980), 0)])
def test_where_memory_ran_out_few_floors_are_enough_if_they_only_rise(
    levels: tuple[float, ...], named: int, tmp_path: Path
) -> None:
    case = served(Stage(), facts=(made(*levels, seconds=9.5), exhausted(9.6, tmp_path)))
    found = findings(RULE, case)
    assert [one.category for one in found] == [Category.BOTTLENECK] * named


def test_floors_of_markings_that_found_nothing_to_collect(tmp_path: Path) -> None:
    """G1 goes on with young collections where marking found the old regions full of live data."""
    stamp = "[2023-11-14T22:13:{at:06.3f}+0000][{at}s][info][gc] GC({number}) "
    words = (
        "Pause Young (Concurrent Start) (G1 Evacuation Pause) {full}M->{live}M(176M) 3.4ms",
        "Concurrent Mark Cycle",
        "Pause Remark {full}M->{full}M(176M) 3.9ms",
        "Pause Cleanup {full}M->{full}M(176M) 0.1ms",
        "Concurrent Mark Cycle 43.7ms",
        "Pause Young (Normal) (G1 Evacuation Pause) {full}M->{live}M(176M) 2.0ms",
    )
    lines = [
        (stamp + word).format(at=21 + 5 * cycle + step / 2, number=cycle, live=live, full=live + 9)
        for cycle, live in enumerate((90, 110, 130))
        for step, word in enumerate(words)
    ]
    path = tmp_path / "gc.log"
    head = "[2023-11-14T22:13:20.000+0000][0.0s][info][gc,init] Heap Max Capacity: 176M"
    path.write_text("\n".join((head, *lines, "")), encoding="utf-8")
    with ingest([str(path)], None) as intake:
        (log,) = (fact for run in intake.runs for fact in run.of(GcLog))
    (floors,) = heap_floors(Scene.of(run(log)))
    assert [value / MIB for value in floors.values] == [90, 110, 130]


def test_silent_just_below_a_twentieth_of_the_heap() -> None:
    assert findings(RULE, run(made(*climbing(400, 49)))) == ()
    assert findings(RULE, run(made(*climbing(400, 51)))) != ()


@pytest.mark.parametrize("name", ["jdk17-g1", "jdk17-zgc", "jdk25-shenandoah"])
@pytest.mark.parametrize("skipped", [0, 3, 8])
def test_silent_on_a_real_warm_up(name: str, skipped: float) -> None:
    assert findings(RULE, run(logged(f"{name}-warm-up.log", skipped))) == ()


def test_silent_on_a_cache_that_levels_off() -> None:
    filled = 400 + 200 * (1 - np.exp(-np.linspace(0, 3, 30)))
    assert findings(RULE, run(made(*filled))) == ()


def test_silent_on_a_heap_that_is_full_and_stays_so() -> None:
    """The climb to nearly full is over in seconds; a leak would have gone on."""
    full = [*climbing(600, 330, 8), *np.tile([930, 935, 932], 8)]
    assert findings(RULE, run(made(*full))) == ()


def test_silent_where_the_heap_follows_the_load() -> None:
    stages = [400.0] * 10 + [500.0] * 10 + [600.0] * 10
    assert findings(RULE, run(made(*stages))) == ()


def test_silent_where_only_young_collections_ran() -> None:
    log = made(*climbing(400, 300))
    young = replace(log.pauses, full=np.zeros(len(log.pauses), dtype=bool))
    assert findings(RULE, run(replace(log, pauses=young))) == ()


def test_fires_from_the_pool_of_old_objects() -> None:
    """Scrapes show promotion as a climb and each cleaning as a drop."""
    times = BEGIN + np.arange(31, dtype=np.int64) * SECOND
    floor = 400 + 10 * (np.arange(31) // 2 * 2)
    used = (floor + 60 * (np.arange(31) % 2)) * MIB
    labels = (("area", "heap"), ("id", "G1 Old Gen"))
    source = SourceRef("jvm.prom", "metric-series", clock=Clock(ClockKind.UTC))
    parts = (("jvm.memory.used", used), ("jvm.memory.max", np.full(31, LIMIT)))
    series = tuple(
        SignalSeries(name, Part.VALUE, SignalKind.GAUGE, Unit.BYTES, labels, times, values)
        for name, values in parts
    )
    (finding,) = findings(RULE, run(Signals(source, series, times)))
    slope = dict(finding.summary.params)["slope"].value / 60
    assert slope == pytest.approx(10 * MIB, rel=0.15)


def test_not_evaluated_without_a_heap() -> None:
    assert missing(RULE, served(Stage())) == ("need.gc-signals",)
