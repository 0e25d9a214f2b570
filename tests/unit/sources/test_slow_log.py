"""Slow logs: counts, totals and grouping equal to pt-query-digest's, traps of each server."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from perfreport.model.source import ClockKind
from perfreport.model.sql import EntryFlag, SlowLog
from tests.unit.sources.sql_files import SAMPLES, fact_of, read_text, reading_of, source_of

ORACLE = json.loads((Path(__file__).parent / "pt_query_digest.json").read_text(encoding="utf-8"))
# Where the oracle is known to be wrong: it does not know MariaDB's banner, which it takes for the
# end of the statement before; and it adds up an overflowed time.
DIFFERENT = {"slow-log-mariadb/rate-limit.log", "slow-log-mysql/mysql55.log"}
COMPARED = sorted(set(ORACLE) - DIFFERENT)


def _classes(log: SlowLog) -> list[tuple[int, float, float]]:
    rows = []
    for index in range(len(log.statements)):
        times = log.query_time[log.statement == index]
        rows.append((len(times), round(float(times.sum()), 6), float(times.max())))
    return sorted(rows)


@pytest.mark.parametrize("path", COMPARED)
def test_figures_equal_those_of_pt_query_digest(path: str) -> None:
    expected = ORACLE[path]
    summary = dict(reading_of(path).summary)
    assert summary["queries"] == expected["queries"]
    assert summary["unique"] == expected["unique"]
    assert summary["query_time_total"] == pytest.approx(
        float(expected["query_time_total"]), abs=1e-9
    )
    assert summary["query_time_max"] == float(expected["query_time_max"])


@pytest.mark.parametrize("path", COMPARED)
def test_every_class_has_the_same_members(path: str) -> None:
    expected = sorted(
        (one["queries"], float(one["query_time_total"]), float(one["query_time_max"]))
        for one in ORACLE[path]["classes"]
    )
    assert _classes(fact_of(path, SlowLog)) == expected


def test_a_restart_inside_the_log_is_no_query() -> None:
    """The oracle counts 16 shapes: one of them is the banner of the restarted server."""
    summary = dict(reading_of("slow-log-mariadb/rate-limit.log").summary)
    assert (summary["queries"], summary["unique"]) == (90, 15)
    assert summary["query_time_total"] == pytest.approx(3.269421)


def test_an_overflowed_time_is_lost_not_added() -> None:
    reading = reading_of("slow-log-mysql/mysql55.log")
    assert dict(reading.summary)["query_time_total"] == pytest.approx(7.500123)
    assert reading.skipped == 2  # the overflow, and the header at the cut end
    assert reading.problems[0].line == 19


def test_a_header_inside_a_literal_is_no_entry() -> None:
    log = fact_of("slow-log-mysql/mysql57.log", SlowLog)
    assert not any("evil" in one.fingerprint for one in log.statements)
    assert "insert into orders (id, user_id, note) values(?+)" in {
        one.fingerprint for one in log.statements
    }


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("slow-log-mysql/mysql80-extra.log", "slow-log-mysql"),
        ("slow-log-mysql/mysql57.log", "slow-log-mysql"),
        ("slow-log-mysql/microslow.log", "slow-log-mysql"),
        ("slow-log-mariadb/default.log", "slow-log-mariadb"),
        ("slow-log-mariadb/empty.log", "slow-log-mariadb"),
        ("slow-log-percona/percona57-rate-limit.log", "slow-log-percona"),
        ("slow-log-percona/microslow-slave.log", "slow-log-percona"),
        ("slow-log-table/slow_log.tsv", "slow-log-table"),
        ("slow-log-table/console-export.csv", "slow-log-table"),
    ],
)
def test_dialects_are_told_apart(path: str, source: str) -> None:
    assert source_of(path).id == source


def test_a_general_log_is_no_slow_log() -> None:
    """It begins with the same banner."""
    from perfreport.sources import slow_log_mysql
    from perfreport.sources._input import Head

    banner = (
        b"/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:\n"
        b"Tcp port: 3306  Unix socket: /tmp/s\nTime                 Id Command    Argument\n"
    )
    general = banner + b"2026-11-22T12:28:02.123456Z\t    8 Query\tSELECT 1\n"
    assert slow_log_mysql.PLUGIN.sniff(Head("a", banner)) > 0.5
    assert slow_log_mysql.PLUGIN.sniff(Head("a", general)) == 0.0


def test_zoned_times_are_the_end_of_an_entry() -> None:
    """MySQL 8.0.14 and later: SET timestamp is the start, 12.3 s before the end."""
    log = fact_of("slow-log-mysql/mysql80-extra.log", SlowLog)
    assert log.end_ns[0] == 1795350482_123456000  # 20:28:02.123456+08:00
    assert reading_of("slow-log-mysql/mysql80-extra.log").clock.kind is ClockKind.UTC


def test_mariadb_is_placed_by_epoch_not_by_local_time() -> None:
    log = fact_of("slow-log-mariadb/verbosity-full.log", SlowLog)
    assert set(log.end_ns.tolist()) == {1795349997_000000000}


def test_local_times_alone_leave_the_clock_open() -> None:
    reading = reading_of("slow-log-mysql/microslow.log")
    assert reading.clock.kind is ClockKind.UNKNOWN
    assert reading.end_ns == 1192484635_000000000  # as if it were UTC


def test_two_clocks_in_one_log_only_the_sure_one_counts() -> None:
    log = fact_of("slow-log-mysql/mysql55.log", SlowLog)
    assert log.end_ns.tolist() == [1795350482_000000000, 1795350482_000000000, -1]


def test_lock_time_of_mariadb_is_known_to_be_too_small() -> None:
    """R04's hot row: 70 ms of waiting, 0.15 ms in Lock_time."""
    log = fact_of("slow-log-mariadb/row-locks.log.gz", SlowLog)
    assert not log.row_lock_time_counted
    assert log.lock_time.sum() < 0.01 * log.query_time.sum()
    assert fact_of("slow-log-mysql/mysql57.log", SlowLog).row_lock_time_counted


def test_milliseconds_of_the_engine_are_not_taken_for_seconds() -> None:
    log = fact_of("slow-log-mariadb/verbosity-full.log", SlowLog)
    assert log.query_time.max() == pytest.approx(0.007797)


def test_flags_and_counts() -> None:
    log = fact_of("slow-log-percona/percona57-rate-limit.log", SlowLog)
    first, second = log.flags.tolist()
    assert first & EntryFlag.FULL_SCAN
    assert first & EntryFlag.TMP_TABLE_ON_DISK
    assert not first & EntryFlag.FILESORT_ON_DISK
    assert second & EntryFlag.LOCK_TIMEOUT
    assert log.rows_examined.tolist() == [30000, 0]
    assert log.sampling == 10.0
    assert log.statements[0].databases == ("shop",)


def test_explain_lines_become_a_plan() -> None:
    log = fact_of("slow-log-mariadb/missing-index.log", SlowLog)
    (step,) = log.statements[0].plan
    assert (step.table, step.access, step.key) == ("user_coupons", "ALL", None)
    assert step.rows is not None
    assert step.rows > 100_000


def test_the_line_is_that_of_the_slowest_entry() -> None:
    log = fact_of("slow-log-mariadb/threshold-50ms.log", SlowLog)
    path = SAMPLES / "slow-log-mariadb/threshold-50ms.log"
    lines = path.read_text(encoding="utf-8").splitlines()
    slowest = int(np.argmax(log.query_time))
    assert lines[log.line[slowest] - 1].startswith("# ")
    block = lines[log.line[slowest] - 1 : log.line[slowest] + 4]
    assert any(f"Query_time: {log.query_time[slowest]:.6f}" in line for line in block)
    statement = log.statements[log.statement[slowest]]
    assert statement.line == log.line[slowest]


def test_shifting_moves_known_times_only() -> None:
    log = fact_of("slow-log-mysql/mysql55.log", SlowLog)
    moved = log.shifted(5, log.source)
    assert moved.end_ns.tolist() == [1795350482_000000005, 1795350482_000000005, -1]


def test_windows_line_ends_change_nothing() -> None:
    text = (SAMPLES / "slow-log-mysql/mysql57.log").read_text(encoding="utf-8")
    _, reading = read_text(text.replace("\n", "\r\n"))
    assert reading.summary == reading_of("slow-log-mysql/mysql57.log").summary


def test_a_cut_log_keeps_its_neighbours() -> None:
    text = (SAMPLES / "slow-log-mariadb/default.log").read_text(encoding="utf-8")
    cut = text.index("# Query_time", len(text) // 2) + 20
    torn = text[:cut] + "\n" + text[text.index("# User@Host", cut) :]
    _, reading = read_text(torn)
    assert reading.records == 89
    assert reading.skipped == 1


def test_small_chunks_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header, a statement or a line end may lie on the border of two chunks."""
    from perfreport.sources import _slow_log

    expected = reading_of("slow-log-mysql/mysql57.log").summary
    for size in (61, 100, 257):
        monkeypatch.setattr(_slow_log, "_CHUNK", size)
        assert reading_of("slow-log-mysql/mysql57.log").summary == expected


def test_the_slow_log_table_equals_in_both_forms() -> None:
    rows = fact_of("slow-log-table/slow_log.tsv", SlowLog)
    vertical = fact_of("slow-log-table/slow_log.vertical.txt", SlowLog)
    assert rows.query_time[:7].tolist() == vertical.query_time.tolist()
    assert rows.end_ns[:7].tolist() == vertical.end_ns.tolist()


def test_a_console_export_holds_lines_and_quotes_in_cells() -> None:
    log = fact_of("slow-log-table/console-export.csv", SlowLog)
    assert [one.fingerprint for one in log.statements] == [
        "select * from orders where user_id = ? and memo = ?"
    ]
    assert log.rows_examined.tolist() == [200000, 200000]


def test_times_beyond_64_bits_are_no_times() -> None:
    text = (SAMPLES / "slow-log-mysql/mysql57.log").read_text(encoding="utf-8")
    for torn in (
        text.replace("timestamp=1795350483", "timestamp=999999999999"),
        text.replace("# Time: 2026", "# Time: 9999"),
    ):
        _, reading = read_text(torn)
        assert reading.records > 0
        assert reading.end_ns is not None
        assert reading.end_ns < 2**63
