"""Unified GC logs: what is counted equals what grep counts, whatever decorates the lines."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

import numpy as np
import pytest

from perfreport.model.jvm import Collector, Trouble, processes
from perfreport.model.source import ClockKind
from perfreport.sources._input import Input
from perfreport.sources.gc_unified import PLUGIN
from tests.unit.sources.jvm_files import SAMPLES, read_sample, read_text, samples_of

NAMES = [path.name for path in samples_of(PLUGIN)]
# Nothing is shared with the reader: a pause is any line with GC(n), the word Pause and a duration
# at its end.
PAUSE = re.compile(r"GC\(\d+\) (?:\w: )?Pause .* (\d+\.\d+)ms$")


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000) * 1_000_000


def _text(name: str) -> str:
    return (SAMPLES / PLUGIN.id / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_counts_equal_what_grep_counts(name: str) -> None:
    lines = _text(name).splitlines()
    milliseconds = [float(found[1]) for line in lines if (found := PAUSE.search(line))]
    full = sum("Pause Full" in line and line.endswith("ms") for line in lines)
    stalls = [line for line in lines if re.search(r"\] Allocation Stall \(.*\) .*ms$", line)]
    summary = read_sample(PLUGIN, name).summary
    assert summary["pauses"] == len(milliseconds)
    assert summary["full_gcs"] == full
    assert summary["allocation_stalls"] == len(stalls)
    assert summary["pause_total"] == pytest.approx(math.fsum(milliseconds) / 1000, abs=1e-9)
    assert summary["pause_max"] == pytest.approx(max(milliseconds, default=0) / 1000)


@pytest.mark.parametrize("name", NAMES)
def test_real_logs_are_read_without_loss_and_recognised(name: str) -> None:
    given = Input(name, SAMPLES / PLUGIN.id / name)
    assert PLUGIN.sniff(given.head) >= 0.9
    assert read_sample(PLUGIN, name).reading.skipped == 0


@pytest.mark.parametrize(
    ("name", "collector"),
    [
        ("jdk17-g1-gcstar-time.log", Collector.G1),
        ("jdk17-g1-rotated.log.1", Collector.G1),  # no line says so: it began in another file
        ("jdk17-parallel-uptime.log", Collector.PARALLEL),
        ("jdk17-serial-gcstar.log", Collector.SERIAL),
        ("jdk17-zgc-gc.log", Collector.ZGC),
        ("jdk25-genzgc-gcstar.log", Collector.GENERATIONAL_ZGC),
        ("jdk25-shenandoah-gc.log", Collector.SHENANDOAH),
        ("jdk25-gen-shenandoah-gcstar.log", Collector.GENERATIONAL_SHENANDOAH),
        ("jdk17-epsilon-gcstar.log", Collector.EPSILON),
        ("jdk17-safepoint-only.log", Collector.G1),
    ],
)
def test_the_collector_is_named_from_the_log(name: str, collector: Collector) -> None:
    assert read_sample(PLUGIN, name).fact.vm.collector is collector


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("jdk17-g1-gcstar-time.log", ClockKind.UTC),
        ("jdk17-g1-utctime-pid-tid.log", ClockKind.UTC),
        ("jdk17-g1-epoch-millis.log", ClockKind.UTC),
        ("jdk17-parallel-uptime.log", ClockKind.RELATIVE),
        ("jdk17-g1-monotonic-nanos.log", ClockKind.RELATIVE),  # nanoseconds of no epoch
        ("jdk17-g1-no-decorations.log", ClockKind.UNKNOWN),
    ],
)
def test_the_clock_is_what_the_decorations_allow(name: str, kind: ClockKind) -> None:
    assert read_sample(PLUGIN, name).reading.clock.kind is kind


def test_header_gives_version_heap_and_start() -> None:
    vm = read_sample(PLUGIN, "jdk17-g1-gcstar-time.log").fact.vm
    assert vm.version == "17.0.21.1+2-1-deb12u1-Debian"
    assert (vm.heap_min, vm.heap_initial, vm.heap_max) == (8 << 20, 96 << 20, 96 << 20)
    assert (vm.region_size, vm.cpus, vm.memory) == (1 << 20, 2, 24105 << 20)
    assert vm.started_ns == _ns("2026-11-22T12:19:16.615")
    assert not vm.collector_inferred


def test_a_pause_starts_its_duration_before_it_is_logged() -> None:
    log = read_text(
        PLUGIN,
        "[2026-11-22T21:19:16.669+0900][0.053s][info][gc          ] GC(0) Pause Young "
        "(Concurrent Start) (G1 Humongous Allocation) 31M->22M(64M) 2.083ms\n",
    ).fact
    assert log.pauses.start_ns[0] == _ns("2026-11-22T12:19:16.669") - 2_083_000
    assert log.pauses.phase_of(0) == "Pause Young (Concurrent Start)"
    assert log.pauses.cause_of(0) == "G1 Humongous Allocation"
    assert (log.pauses.before[0], log.pauses.after[0]) == (31 << 20, 22 << 20)
    assert log.pauses.line[0] == 1


EVACUATION = "Pause Young (Normal) (G1 Evacuation Pause) (Evacuation Failure: Pinned)"


@pytest.mark.parametrize(
    ("text", "seconds", "cause", "full"),
    [
        ("[1,297s] GC(3) Pause Full (System.gc()) 8M->2M(64M) 5,526ms", 5.526, "System.gc()", True),
        (f"[0.1s] GC(9) {EVACUATION} 8M->8M(64M) 1.000ms", 1.0, "G1 Evacuation Pause", False),
        ("[7.2s] GC(4) Pause Degenerated GC (Mark) 9M->2M(64M) 8.1ms", 8.1, "Mark", False),
        ("[3.4s][gc,phases] GC(1) Y: Pause Mark Start (Major) 0.008ms", 0.008, "", False),
        ("[9s] GC(1) Pause Full (Last ditch collection) 9G->2G(10G) 2.5s", 2500.0,
         "Last ditch collection", True),
        ("[0.3s][gc] GC(12) Pause Young (G1 Evacuation Pause) 116M->119M(128M) 2.717ms", 2.717,
         "G1 Evacuation Pause", False),
        ("[0.3s][info][gc ] GC(3) Pause Initial Mark 91M->91M(150M) 0.165ms", 0.165, "", False),
    ],
)  # fmt: skip
def test_pause_lines_of_all_ages(text: str, seconds: float, cause: str, full: bool) -> None:
    read = read_text(PLUGIN, text + "\n")
    assert read.reading.skipped == 0
    pauses = read.fact.pauses
    assert pauses.seconds.tolist() == [pytest.approx(seconds / 1000)]
    assert (pauses.cause_of(0), bool(pauses.full[0])) == (cause, full)


def test_concurrent_phases_with_a_duration_are_no_pauses() -> None:
    log = read_text(
        PLUGIN,
        "[1.0s][info][gc] GC(1) Concurrent Mark Cycle 3.100ms\n"
        "[1.1s][info][gc] GC(2) Concurrent Cleanup for Next Mark 0.047ms\n",
    ).fact
    assert (len(log.pauses), len(log.cycles)) == (0, 1)


def test_a_young_collection_that_became_full_is_two_pauses_but_one_time() -> None:
    """JDK 9-14 log both, the outer one last; adding them would double the stop."""
    log = read_text(
        PLUGIN,
        "[0.324s][info][gc] GC(5) Pause Full (Allocation Failure) 119M->33M(150M) 9.509ms\n"
        "[0.324s][info][gc] GC(4) Pause Young (Allocation Failure) 119M->33M(150M) 9.590ms\n",
    ).fact
    assert len(log.pauses) == 2
    assert log.pauses.total == pytest.approx(0.009590)


def test_zgc_stalls_are_kept_apart_from_statistics_and_relocation() -> None:
    read = read_text(
        PLUGIN,
        "[0.142s][info][gc] Allocation Stall (http-nio-8080-exec-1) 8.164ms\n"
        "[0.143s][info][gc] Relocation Stall (main) 0.5ms\n"
        "[0.2s][info][gc,heap] GC(0) y: Allocation Stalls:          0     3    0    0\n",
    )
    assert read.summary["allocation_stalls"] == 1
    stalls = read.fact.stalls
    assert stalls.threads == ("http-nio-8080-exec-1", "main")
    assert stalls.seconds.tolist() == [pytest.approx(0.008164), pytest.approx(0.0005)]


def test_a_cycle_that_the_end_of_the_jvm_cut_short_is_no_loss() -> None:
    read = read_text(
        PLUGIN, "[0.547s][info][gc] GC(9) Garbage Collection (Allocation Stall) Aborted\n"
    )
    assert (read.reading.skipped, len(read.fact.cycles)) == (0, 0)


def test_safepoints_of_both_ages_are_not_pauses() -> None:
    log = read_text(
        PLUGIN,
        '[2026-11-22T12:20:22.042+0000][0.058s][info][safepoint] Safepoint "Cleanup", Time since '
        "last: 34857086 ns, Reaching safepoint: 4557 ns, Cleanup: 7792 ns, At safepoint: 1632639 "
        "ns, Total: 1644988 ns\n"
        "[2026-11-22T12:20:22.050+0000][0.066s][info][safepoint] Total time for which application "
        "threads were stopped: 0,0002000 seconds, Stopping threads took: 0,0000015 seconds\n",
    ).fact
    assert len(log.pauses) == 0
    assert log.safepoints.seconds.tolist() == [pytest.approx(0.001644988), pytest.approx(0.0002)]
    assert log.safepoints.reaching.tolist() == [pytest.approx(4.557e-6), pytest.approx(1.5e-6)]


def test_trouble_is_noted_with_its_line() -> None:
    log = read_sample(PLUGIN, "jdk17-g1-full.log").fact
    text = _text("jdk17-g1-full.log")
    assert log.troubles.count(Trouble.FULL_COMPACTION) == text.count("Attempting full compaction")
    assert log.troubles.count(Trouble.LAST_RESORT) == text.count("Attempting maximum full")
    assert log.troubles.count(Trouble.EVACUATION_FAILURE) == text.count("To-space exhausted")
    line = int(log.troubles.line[0])
    assert "To-space exhausted" in text.splitlines()[line - 1]


def test_heap_after_allocation_and_promotion_by_hand() -> None:
    log = read_text(
        PLUGIN,
        "[2026-11-22T12:00:00.000+0000][gc,init] Heap Region Size: 1M\n"
        "[2026-11-22T12:00:10.000+0000][gc] GC(0) Pause Young (Normal) (x) 40M->10M(64M) 0.0ms\n"
        "[2026-11-22T12:00:19.000+0000][gc] GC(1) Pause Remark 45M->45M(64M) 0.0ms\n"
        "[2026-11-22T12:00:20.000+0000][gc,heap] GC(2) Old regions: 5->9\n"
        "[2026-11-22T12:00:20.000+0000][gc] GC(2) Pause Young (Normal) (x) 50M->20M(64M) 0.0ms\n"
        "[2026-11-22T12:00:30.000+0000][gc,heap] GC(3) Old regions: 9->15\n"
        "[2026-11-22T12:00:30.000+0000][gc] GC(3) Pause Young (Normal) (x) 60M->30M(64M) 0.0ms\n",
    ).fact
    start, end = _ns("2026-11-22T12:00:00"), _ns("2026-11-22T12:01:00")
    assert (log.heap_after().values / (1 << 20)).tolist() == [10, 20, 30]
    # 35 up to the remark, 5 more up to the collection, then 40: 80 MiB in 20 s.
    assert log.allocation_rate(start, end) == pytest.approx((80 << 20) / 20)
    assert log.promotion_rate(start, end) == pytest.approx((6 << 20) / 10)


def test_share_of_a_window_cuts_pauses_at_its_borders() -> None:
    log = read_text(
        PLUGIN,
        "[2026-11-22T12:00:00.000+0000][gc] Using G1\n"
        "[2026-11-22T12:00:10.500+0000][gc] GC(0) Pause Full (x) 40M->10M(64M) 1000.0ms\n"
        "[2026-11-22T12:01:00.000+0000][gc] GC(1) Pause Young (Normal) (x) 40M->10M(64M) 0.1ms\n",
    ).fact
    start = _ns("2026-11-22T12:00:10")
    assert log.share(start, start + 5_000_000_000) == pytest.approx(0.1)
    assert log.share(start + 10**12, start + 2 * 10**12) is None
    later = log.shifted(8_000_000_000, log.source)
    assert later.share(start, start + 5_000_000_000) == 0.0


def test_rotated_files_belong_together_in_the_order_of_time() -> None:
    names = ["jdk17-g1-rotated.log", *(f"jdk17-g1-rotated.log.{part}" for part in range(3))]
    other = read_sample(PLUGIN, "jdk17-g1-spring-boot.log").fact
    logs = tuple(read_sample(PLUGIN, name).fact for name in names)
    groups = processes((*logs, other))
    order = sorted(names, key=lambda name: re.findall(r"GC\((\d+)\)", _text(name))[0].zfill(9))
    assert sorted(len(group) for group in groups) == [1, 4]
    assert [log.source.path for log in max(groups, key=len)] == order


def test_a_restart_inside_the_file_is_reported() -> None:
    line = "[2026-11-22T12:00:{0}.000+0000][{0}.000s][info][gc] {1}\n"
    pause = "GC({}) Pause Young (Normal) (x) 40M->10M(64M) 0.1ms"
    log = read_text(
        PLUGIN,
        line.format("10", "Using G1")
        + line.format("20", pause.format(0))
        + "[2026-11-22T12:00:40.000+0000][0.010s][info][gc] Using G1\n"
        + "[2026-11-22T12:00:41.000+0000][1.010s][info][gc] "
        + pause.format(0)
        + "\n",
    ).fact
    assert log.restarts_ns == (_ns("2026-11-22T12:00:40"),)


@pytest.mark.parametrize(
    "broken",
    [
        "GC(1) Pause Young (Normal) (x) 40M->1",
        "GC(1) Pause Young (Normal) (x) 40M->10X(64M) 0.1ms",
        "GC(1) Pause Young (Nor",
        "GC(1) Pause Full (x) 40M->10M(64M) oops",
        "Allocation Stall (main) 8.1",
    ],
)
def test_a_broken_line_is_counted_and_its_neighbours_are_kept(broken: str) -> None:
    stamp = "[2026-11-22T12:00:10.000+0000][gc] "
    good = stamp + "GC(0) Pause Young (Normal) (x) 40M->10M(64M) 0.1ms\n"
    read = read_text(PLUGIN, good + stamp + broken + "\n" + good)
    assert read.reading.skipped == 1
    assert read.reading.problems[0].line == 2
    assert len(read.fact.pauses) == 2


def test_container_prefixes_are_no_obstacle() -> None:
    text = _text("jdk17-g1-spring-boot.log")
    plain = read_text(PLUGIN, text)
    for prefix in ("[pod/shop-7d9/app] ", "shop-1  | ", "2026-11-22T12:26:36.000000000Z stdout F "):
        given = "".join(prefix + line + "\n" for line in text.splitlines())
        assert PLUGIN.sniff(Input("x", content=given.encode()).head) >= 0.9
        read = read_text(PLUGIN, given)
        assert read.summary == plain.summary
        assert np.array_equal(read.fact.pauses.start_ns, plain.fact.pauses.start_ns)


def test_application_output_is_handed_on_with_its_line_numbers() -> None:
    stamp = "[2026-11-22T12:00:10.000+0000][gc] "
    good = stamp + "GC(0) Pause Young (Normal) (x) 40M->10M(64M) 0.1ms\n"
    read = read_text(PLUGIN, good + "ops 1\n" + good + "ops 2\n" + good)
    (segment,) = read.reading.foreign
    assert (segment.first_line, segment.last_line) == (2, 4)
    assert segment.text.splitlines() == ["ops 1", "", "ops 2"]
    assert read.reading.skipped == 0
