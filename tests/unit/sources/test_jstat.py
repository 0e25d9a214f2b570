"""jstat tables: counters are differenced, sizes scaled, causes with blanks kept whole."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.model.jvm import Collector
from perfreport.model.source import ClockKind
from perfreport.sources._input import Input
from perfreport.sources.jstat import PLUGIN
from tests.unit.sources.jvm_files import read_sample, read_text, samples_of

UTIL = "  S0     S1     E      O      M     CCS    YGC     YGCT     FGC    FGCT       GCT   \n"


@pytest.mark.parametrize("path", samples_of(PLUGIN), ids=lambda p: p.name)
def test_recognised_and_read_without_loss(path) -> None:
    assert PLUGIN.sniff(Input(path.name, path).head) == 0.95
    read = read_sample(PLUGIN, path.name)
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == " "]
    numbers = [line for line in rows if any(word.isdecimal() for word in line.split())]
    assert (read.reading.records, read.reading.skipped) == (len(numbers), 0)


def test_counters_are_last_minus_first() -> None:
    read = read_sample(PLUGIN, "g1-gcutil.txt")
    # First row: YGC 435, FGC 0, CGC 376, GCT 0.506; last row: 1510, 0, 1212, 1.406.
    assert read.summary["pauses"] == (1510 - 435) + 0 + (1212 - 376)
    assert read.summary["pause_total"] == pytest.approx(1.406 - 0.506)
    assert read.summary["full_gcs"] == 0
    assert read.fact.grown("YGCT") == pytest.approx(1.065 - 0.385)


def test_a_repeated_header_is_no_new_table() -> None:
    read = read_sample(PLUGIN, "g1-gcutil-t-h3.txt")
    table = read.fact
    assert len(table.lines) == 6
    assert table.times_ns.tolist() == [
        round(seconds * 10) * 10**8 for seconds in (1.3, 1.9, 2.4, 2.9, 3.4, 3.9)
    ]
    assert read.reading.clock.kind is ClockKind.RELATIVE


def test_sizes_are_bytes_and_shares_are_ratios() -> None:
    sizes = read_sample(PLUGIN, "g1-gc-t.txt").fact
    assert sizes.column("OU")[0] == 77492.5 * 1024
    shares = read_sample(PLUGIN, "g1-gcutil.txt").fact
    assert shares.column("O")[0] == pytest.approx(0.8533)


def test_a_dash_is_no_number() -> None:
    table = read_sample(PLUGIN, "zgc-gcutil.txt").fact
    assert np.isnan(table.column("YGC")).all()
    assert read_sample(PLUGIN, "zgc-gcutil.txt").summary["full_gcs"] is None


@pytest.mark.parametrize(
    ("name", "collector", "causes"),
    [
        ("g1-gccause.txt", Collector.G1, ("G1 Preventive Collection", "No GC")),
        ("jdk25-genzgc-gccause.txt", Collector.GENERATIONAL_ZGC, ("Allocation Rate", "No GC")),
        ("parallel-gccause.txt", Collector.PARALLEL, None),
    ],
)
def test_causes_tell_the_collector(name: str, collector: Collector, causes) -> None:
    table = read_sample(PLUGIN, name).fact
    assert table.collector is collector
    if causes:
        assert table.causes[-1] == causes


def test_decimal_commas_and_a_single_row() -> None:
    row = "  0,00  59,38  89,38  85,33  30,57   2,98    435     0,385     0     0,000     0,385\n"
    read = read_text(PLUGIN, UTIL + row)
    assert read.summary["pause_total"] == pytest.approx(0.385)
    assert [note.key for note in read.reading.notes] == ["note.jstat-since-start"]


def test_dates_between_rows_are_the_clock() -> None:
    row = "  0.00  59.38  89.38  85.33  30.57   2.98    {}     0.385     0     0.000     0.385\n"
    text = "".join(f"2026-11-22T21:28:0{n}+09:00\n{UTIL}{row.format(435 + n)}" for n in range(3))
    read = read_text(PLUGIN, text)
    assert read.reading.clock.kind is ClockKind.UTC
    assert np.diff(read.fact.times_ns).tolist() == [10**9, 10**9]
    assert read.summary["pauses"] == 2


def test_counters_become_signals_on_the_clock_of_the_table() -> None:
    table, signals = read_sample(PLUGIN, "g1-gc-t.txt").facts
    count = next(
        one for one in signals.series if (one.signal, one.part) == ("jvm.gc.pause", "count")
    )
    assert (
        count.values[-1] - count.values[0] == read_sample(PLUGIN, "g1-gc-t.txt").summary["pauses"]
    )
    used = next(one for one in signals.series if one.signal == "jvm.memory.used")
    assert used.values[0] == (1664.2 + 13248.2 + 77492.5) * 1024
    assert np.array_equal(signals.scrape_times_ns, table.times_ns)


def test_a_broken_row_is_counted() -> None:
    row = "  0.00  59.38  89.38  85.33  30.57   2.98    435     0.385     0     0.000     0.385\n"
    read = read_text(PLUGIN, UTIL + row + row[:30] + "\n" + row)
    assert (read.reading.records, read.reading.skipped) == (2, 1)
