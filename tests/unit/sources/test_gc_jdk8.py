"""GC logs of JDK 8: records over several lines, mixed lines, decimal commas, any stamps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perfreport.model.jvm import Collector, Trouble
from perfreport.model.source import ClockKind
from perfreport.sources import app_log_text, gc_unified
from perfreport.sources._input import Input
from perfreport.sources.gc_jdk8 import PLUGIN
from tests.unit.sources.jvm_files import SAMPLES, read_sample, read_text, samples_of

NAMES = [path.name for path in samples_of(PLUGIN)]
K = 1024

# Read off the samples by hand: (phase, ms, heap after in K), in the order of time.
EXPECTED = {
    "parallel-details.log": [
        ("Pause Young", 20.1, 20480),
        ("Pause Young", 15.0, 24576),
        ("Pause Full", 80.9, 20480),
        ("Pause Young", 110.0, 248320),
        ("Pause Full", 300.0, 90112),
    ],
    "parallel-tenuring.log": [("Pause Young", 19.9, 22186), ("Pause Young", 1.0, 22186)],
    "cms-details.log": [
        ("Pause Young", 10.6, 8064),
        ("Pause Initial Mark", 1.0, 18533),
        ("Pause Young", 10.3, 16701),
        ("Pause Remark", 3.9, 43542),
        ("Pause Full", 161.0, 11000),
    ],
    "cms-heap-at-gc.log": [("Pause Young", 1.1, 106000), ("Pause Remark", 4.0, 106000)],
    "g1-details-comma.log": [
        ("Pause Young (Normal)", 28.2, 92569.6),
        ("Pause Young (Concurrent Start)", 500.0, 245760),
        ("Pause Full", 1200.0, 81920),
        ("Pause Remark", 4.0, None),
        ("Pause Cleanup", 1.4, 100352),
    ],
    "serial-uptime.log": [
        ("Pause Young", 3.1, 1200),
        ("Pause Full", 20.1, 6000),
        ("Pause Full", 10.1, 5000),
    ],
    "shenandoah.log": [
        ("Pause Init Mark", 3.341, None),
        ("Pause Final Mark", 4.423, None),
        ("Pause Degenerated GC", 120.5, 2000 * K),
        ("Pause Full", 900.0, 2500 * K),
    ],
}


def test_every_sample_has_its_expectation() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_pauses_equal_those_read_by_hand(name: str) -> None:
    read = read_sample(PLUGIN, name)
    pauses = read.fact.pauses
    found = [
        (pauses.phase_of(i), round(pauses.seconds[i] * 1000, 6), pauses.after[i] / K)
        for i in range(len(pauses))
    ]
    assert [row[:2] for row in found] == [row[:2] for row in EXPECTED[name]]
    for (_, _, after), (_, _, wanted) in zip(found, EXPECTED[name], strict=True):
        assert after == pytest.approx(float("nan") if wanted is None else wanted, nan_ok=True)
    assert read.reading.skipped == 0
    assert read.reading.foreign == ()


@pytest.mark.parametrize("name", NAMES)
def test_recognised_and_by_no_other_source(name: str) -> None:
    head = Input(name, SAMPLES / PLUGIN.id / name).head
    assert PLUGIN.sniff(head) >= 0.9
    assert gc_unified.PLUGIN.sniff(head) == 0.0
    assert app_log_text.PLUGIN.sniff(head) == 0.0


def test_unified_logs_are_not_taken_for_old_ones() -> None:
    for path in samples_of(gc_unified.PLUGIN):
        assert PLUGIN.sniff(Input(path.name, path).head) == 0.0


@pytest.mark.parametrize(
    ("name", "collector", "told"),
    [
        ("parallel-details.log", Collector.PARALLEL, True),
        ("parallel-tenuring.log", Collector.PARALLEL, False),
        ("cms-details.log", Collector.CMS, False),
        ("g1-details-comma.log", Collector.G1, False),
        ("serial-uptime.log", Collector.SERIAL, False),
        ("shenandoah.log", Collector.SHENANDOAH, True),
    ],
)
def test_collector(name: str, collector: Collector, told: bool) -> None:
    vm = read_sample(PLUGIN, name).fact.vm
    assert (vm.collector, vm.collector_inferred) == (collector, not told)


def test_header_gives_version_and_heap() -> None:
    vm = read_sample(PLUGIN, "parallel-details.log").fact.vm
    assert vm.version == "1.8.0_392-b08"
    assert (vm.heap_initial, vm.heap_max) == (256 << 20, 256 << 20)
    assert vm.memory == 16384000 * K


def test_dates_are_starts_with_their_offset() -> None:
    log = read_sample(PLUGIN, "parallel-details.log")
    start = datetime(2026, 11, 22, 12, 18, 4, 344000, tzinfo=UTC)
    assert log.reading.clock.kind is ClockKind.UTC
    assert log.fact.pauses.start_ns[0] == int(start.timestamp() * 1000) * 1_000_000


@pytest.mark.parametrize(
    ("stamp", "kind"),
    [("", ClockKind.UNKNOWN), ("12.345: ", ClockKind.RELATIVE), ("12,345: ", ClockKind.RELATIVE)],
)
def test_clocks(stamp: str, kind: ClockKind) -> None:
    read = read_text(PLUGIN, f"{stamp}[GC 4416K->1200K(15872K), 0.0031000 secs]\n" * 3)
    assert read.reading.clock.kind is kind
    assert read.summary["pause_total"] == pytest.approx(0.0093)


def test_a_scavenge_before_remark_counts_but_not_its_time() -> None:
    log = read_sample(PLUGIN, "cms-heap-at-gc.log").fact
    assert log.pauses.total == pytest.approx(0.004)


def test_promotion_is_what_left_the_young_generation_and_stayed_in_the_heap() -> None:
    log = read_sample(PLUGIN, "parallel-details.log").fact
    assert log.pauses.promoted[0] == ((65536 - 8192) - (65536 - 20480)) * K


def test_troubles() -> None:
    cms = read_sample(PLUGIN, "cms-details.log").fact.troubles
    assert cms.count(Trouble.CONCURRENT_MODE_FAILURE) == 1
    assert cms.count(Trouble.PROMOTION_FAILED) == 1
    g1 = read_sample(PLUGIN, "g1-details-comma.log").fact.troubles
    assert g1.count(Trouble.EVACUATION_FAILURE) == 1
    assert g1.count(Trouble.CONCURRENT_MARK_ABORT) == 1


def test_a_concurrent_cycle_is_no_pause() -> None:
    log = read_sample(PLUGIN, "cms-details.log").fact
    assert log.cycles.seconds.tolist() == [pytest.approx(0.062)]


def test_print_gc_id() -> None:
    read = read_text(
        PLUGIN,
        "2026-08-01T17:17:33.375+0000: 0.163: #0: [GC pause (G1 Evacuation Pause) (young), "
        "0.0087570 secs]\n   [Eden: 7168.0K(7168.0K)->0.0B(4096.0K) Survivors: 0.0B->1024.0K "
        "Heap: 7168.0K(32768.0K)->6664.5K(32768.0K)]\n"
        " [Times: user=0.01 sys=0.00, real=0.01 secs]\n",
    )
    assert read.fact.pauses.after.tolist() == [6664.5 * K]


def test_a_record_cut_off_is_counted_and_its_neighbours_are_kept() -> None:
    good = "12.345: [GC (x) [PSYoungGen: 9K->1K(9K)] 16K->12K(158K), 0.0031000 secs]\n"
    read = read_text(PLUGIN, good + "13.000: [GC (x) [PSYoungGen: 9K->1" + "\n" + good + good[:40])
    assert len(read.fact.pauses) == 2
    assert read.summary["pause_total"] == pytest.approx(0.0062)
    assert read.reading.skipped == 2
