"""Digests, locks, status and sessions: every form of one dump says the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.model.database import GlobalStatus, GlobalVariables, InnodbStatus, ProcessList
from perfreport.model.signal import Signals
from perfreport.model.source import ClockKind, SourceRef
from perfreport.model.sql import Locks, LockWaits, StatementDigest, Transactions
from tests.unit.sources.sql_files import (
    FILES,
    SAMPLES,
    fact_of,
    facts_of,
    read_text,
    reading_of,
    source_of,
)

if TYPE_CHECKING:
    from pathlib import Path

DIGESTS = [
    "statement-digest/ps_digest.tsv",
    "statement-digest/noheader.tsv",
    "statement-digest/raw.tsv",
    "statement-digest/ps_digest.table.txt",
    "statement-digest/outfile.csv",
    "statement-digest/sys.x_statement_analysis.tsv",
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sample_is_read_by_its_dialect_without_loss(path: Path) -> None:
    assert source_of(path).id == path.parent.name
    reading = reading_of(path)
    assert reading.foreign == ()
    if path.name != "mysql55.log":
        assert reading.skipped == 0


@pytest.mark.parametrize("path", DIGESTS)
def test_forms_of_one_digest_agree(path: str) -> None:
    """Taken seconds apart: the hot statement had come to rest, so its sums are the same."""
    digest = fact_of(path, StatementDigest)
    hot = digest.rows[0]
    assert hot.fingerprint == "update product set stock = stock - ? where id = ? and stock >= ?"
    assert (hot.count, hot.errors, hot.rows_examined) == (277, 22, 255)
    assert hot.total == pytest.approx(83.736379694, abs=1e-9)
    assert hot.longest == pytest.approx(2.006112318, abs=1e-9)
    assert hot.lock == pytest.approx(0.018175, abs=1e-9)
    assert not digest.rounded


@pytest.mark.parametrize("form", ["tsv", "table.txt"])
def test_formatted_times_are_read_and_marked_as_rounded(form: str) -> None:
    digest = fact_of(f"statement-digest/sys.statement_analysis.{form}", StatementDigest)
    assert digest.rounded
    assert digest.rows[0].total == pytest.approx(84.0)  # "1.40 m"
    assert digest.rows[0].mean == pytest.approx(84.0 / 277)
    assert digest.rows[0].lock == pytest.approx(0.01818)


def test_json_of_mysql_8_has_percentiles() -> None:
    (row,) = fact_of("statement-digest/mysqlsh.json", StatementDigest).rows
    assert row.p95 == pytest.approx(1.995262314968)
    assert len(row.digest or "") == 64
    assert row.first_seen_ns == 1795350075_123456000


def test_a_sample_of_a_statement_is_never_read() -> None:
    """QUERY_SAMPLE_TEXT holds the literals the digest took out."""
    assert "stock - 1" not in repr(facts_of("statement-digest/mysqlsh.json"))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("digest_text\tcount_star\ttotal_s\tavg_ms", "SELECT 1\t4\t2.0\t500"),
        ("digest_text\tcount_star\tround(sum_timer_wait/1e12,3)", "SELECT 1\t4\t2.000"),
        ("digest_text\tcount_star\tsum_timer_wait/1000000000", "SELECT 1\t4\t2000"),
        ("query\texec_count\tavg_latency", "SELECT 1\t4\t500.00 ms"),
        ("digest_text\tcount_star\tavg_ms", "SELECT 1\t4\t500"),
    ],
)
def test_hand_written_columns_are_read_by_their_unit(header: str, row: str) -> None:
    _, reading = read_text(f"{header}\n{row}\n")
    (digest,) = reading.facts(SourceRef("x", "y"))
    assert isinstance(digest, StatementDigest)
    assert digest.rows[0].total == pytest.approx(2.0)
    assert digest.rows[0].count == 4


def test_a_full_digest_table_is_noticed() -> None:
    header = "SCHEMA_NAME\tDIGEST\tDIGEST_TEXT\tCOUNT_STAR\tSUM_TIMER_WAIT\n"
    source, reading = read_text(header + "NULL\tNULL\tNULL\t5\t1000000000000\n")
    assert source.id == "statement-digest"
    (digest,) = reading.facts(SourceRef("x", "y"))
    assert isinstance(digest, StatementDigest)
    assert digest.overflowed
    assert [note.key for note in reading.notes] == ["note.digest-overflowed"]


@pytest.mark.parametrize("form", ["tsv", "table.txt", "vertical.txt"])
def test_lock_waits_in_every_form(form: str) -> None:
    waits = fact_of(f"lock-waits-sys/sys.innodb_lock_waits.{form}", LockWaits)
    assert len(waits.waits) == 16
    assert waits.samples == 1
    first = waits.waits[0]
    assert (first.waiting_thread, first.blocking_thread) == (80, 71)
    assert (first.table, first.index, first.record) == ("shop.product", "PRIMARY", "5:5:3")
    assert first.blocking_statement == "update product set stock = stock - ? where id = ?"


def test_sampled_lock_waits_count_every_look() -> None:
    """835 rows were counted by hand (zcat | grep -c inventories)."""
    reading = reading_of("lock-waits-sys/row-locks-sampled.tsv.gz")
    waits = fact_of("lock-waits-sys/row-locks-sampled.tsv.gz", LockWaits)
    assert len(waits.waits) == 835
    assert waits.samples == len(waits.samples_ns) == 35
    assert reading.clock.kind is ClockKind.UTC
    assert {wait.table for wait in waits.waits} == {"shop.inventories"}
    assert {wait.record for wait in waits.waits} == {"25:3:102"}


def test_looks_that_saw_nothing_are_no_unknown_file() -> None:
    waits = fact_of("lock-waits-sys/innodb_lock_waits-none.tsv", LockWaits)
    assert (len(waits.waits), waits.samples) == (0, 37)


def test_data_locks_leave_the_key_out() -> None:
    (locks,) = facts_of("lock-waits-performance-schema/data_locks.vertical.txt")
    assert isinstance(locks, Locks)
    (lock,) = locks.locks
    assert (lock.table, lock.index, lock.waiting) == ("shop.product", "PRIMARY", True)
    assert lock.record == "22:4:2"


def test_edges_of_mysql_8() -> None:
    waits = fact_of("lock-waits-performance-schema/data_lock_waits.tsv", LockWaits)
    assert [(wait.waiting_thread, wait.blocking_thread) for wait in waits.waits] == [
        (80, 71),
        (77, 80),
    ]


def test_locks_and_transactions_in_one_file_complete_the_edges() -> None:
    folder = SAMPLES / "lock-waits-information-schema"
    text = "".join(
        (folder / name).read_text(encoding="utf-8")
        for name in ("innodb_lock_waits.table.txt", "innodb_locks.tsv", "innodb_trx.tsv")
    )
    source, reading = read_text(text)
    assert source.id == "lock-waits-information-schema"
    waits = next(f for f in reading.facts(SourceRef("x", "y")) if isinstance(f, LockWaits))
    first = waits.waits[0]
    assert (first.table, first.index, first.waiting_thread) == ("shop.product", "PRIMARY", 80)
    assert first.waiting_statement == (
        "update product set stock = stock - ? where id = ? and stock >= ?"
    )


def test_transactions_agree_in_both_forms() -> None:
    rows = fact_of("lock-waits-information-schema/innodb_trx.tsv", Transactions)
    vertical = fact_of("lock-waits-information-schema/innodb_trx.vertical.txt", Transactions)
    assert rows.transactions == vertical.transactions
    assert sum(one.waiting for one in rows.transactions) == 8


def test_innodb_status_and_its_deadlock() -> None:
    status = fact_of("innodb-status/deadlock.txt", InnodbStatus)
    (snapshot,) = status.snapshots
    assert (snapshot.history_list, snapshot.buffer_pool_pages) == (52, 8112)
    assert snapshot.longest_wait == pytest.approx(0.227528)
    assert snapshot.waits_by_table == (("shop.product", "PRIMARY", 1),)
    (deadlock,) = status.deadlocks
    assert [party.thread for party in deadlock.parties] == [75, 73, 74]
    assert [party.rolled_back for party in deadlock.parties] == [False, True, False]


def test_an_escaped_report_reads_like_the_report() -> None:
    """`mysql -B -e 'SHOW ENGINE INNODB STATUS'` writes one line."""
    text = (SAMPLES / "innodb-status/deadlock.txt").read_text(encoding="utf-8")
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    source, reading = read_text(f"Type\tName\tStatus\nInnoDB\t\t{escaped}\n")
    assert source.id == "innodb-status"
    assert reading.summary == reading_of("innodb-status/deadlock.txt").summary


def test_sampled_innodb_status_is_placed_by_its_markers() -> None:
    reading = reading_of("innodb-status/row-locks-sampled.txt.gz")
    assert reading.clock.kind is ClockKind.UTC
    status = fact_of("innodb-status/row-locks-sampled.txt.gz", InnodbStatus)
    waiting = [one.transactions_waiting for one in status.snapshots]
    assert len(waiting) == 7
    assert max(waiting) == 19


def test_markers_place_the_deadlocks_of_a_server_in_another_zone() -> None:
    text = (SAMPLES / "innodb-status/deadlock.txt").read_text(encoding="utf-8")
    _, reading = read_text("# sample 2026-11-22T03:21:28.500Z\n" + text)
    (status,) = reading.facts(SourceRef("x", "y"))
    assert isinstance(status, InnodbStatus)
    local = fact_of("innodb-status/deadlock.txt", InnodbStatus).deadlocks[0].time_ns
    assert local is not None
    assert status.deadlocks[0].time_ns == local - 9 * 3600 * 1_000_000_000


def test_an_error_log_of_the_morning_is_known_by_its_padded_hours() -> None:
    text = (SAMPLES / "database-error-log" / "mariadb-deadlocks.log").read_text()
    # MariaDB pads the hour with a space: ten o'clock and later look different from nine.
    morning = re.sub(r"^(2026-\d\d-\d\d)[ T]+\d\d?:", r"\1  2:", text, flags=re.MULTILINE)
    source, reading = read_text(morning, "error.log")
    later = read_text(re.sub("(?m)  2:", " 12:", morning), "error.log")[1]
    assert source.id == "database-error-log"
    assert reading.records == later.records > 0
    assert later.start_ns - reading.start_ns == 10 * 3600 * 10**9


def test_deadlocks_of_the_error_log() -> None:
    path = "database-error-log/mariadb-deadlocks.log"
    status = fact_of(path, InnodbStatus)
    rolled_back = (SAMPLES / path).read_text(encoding="utf-8").count("WE ROLL BACK")
    assert len(status.deadlocks) == rolled_back == 3
    assert all(len(one.parties) == 2 for one in status.deadlocks)
    assert all(sum(party.rolled_back for party in one.parties) == 1 for one in status.deadlocks)


def test_sampled_status_gives_series_and_signals() -> None:
    """The run's own figures, computed from the raw file: 1588 waits, 731.729 s, 1480 slow."""
    path = "global-status/row-locks-sampled.tsv"
    summary = dict(reading_of(path).summary)
    assert summary["innodb_row_lock_waits"] == 1588
    assert summary["innodb_row_lock_time"] == pytest.approx(731.729)
    assert summary["slow_queries"] == 1480
    waits = fact_of(path, GlobalStatus).find("innodb_row_lock_waits")
    assert waits is not None
    assert len(waits.times_ns) == 35
    signals = {one.signal: one for one in fact_of(path, Signals).series}
    time = signals["mysql.innodb.row.lock.time"]
    assert time.values[-1] - time.values[0] == pytest.approx(731.729)
    assert {"mysql.threads.running", "mysql.questions", "mysql.commands"} <= set(signals)


def test_a_lone_status_is_no_series() -> None:
    path = "global-status/global_status.tsv"
    status = fact_of(path, GlobalStatus)
    assert status.snapshots == 1
    assert not any(isinstance(fact, Signals) for fact in facts_of(path))
    assert [note.key for note in reading_of(path).notes] == ["note.status-since-start"]


def test_status_without_times_is_spaced_by_its_uptime() -> None:
    header = "+---------------+-------+\n| Variable_name | Value |\n+---------------+-------+\n"
    rows = "| Uptime        | {:>5} |\n| Questions     | {:>5} |\n"
    _, reading = read_text(header + rows.format(100, 7) + header + rows.format(110, 57))
    (status, _signals) = reading.facts(SourceRef("x", "y"))
    assert isinstance(status, GlobalStatus)
    questions = status.find("Questions")
    assert questions is not None
    assert np.diff(questions.times_ns).tolist() == [10_000_000_000]
    assert reading.clock.kind is ClockKind.RELATIVE


def test_settings_and_status_in_one_file_are_read_apart() -> None:
    """Both print the same two columns."""
    text = (
        "Variable_name\tValue\nmax_connections\t151\nlong_query_time\t0.05\n\n"
        "Variable_name\tValue\nThreads_running\t5\nQuestions\t99\n"
    )
    source, reading = read_text(text)
    assert source.id == "global-variables"
    (segment,) = reading.foreign
    assert "Threads_running\t5" in segment.text
    assert "max_connections" not in segment.text


def test_settings_keep_what_bears_on_performance_only() -> None:
    variables = fact_of("global-variables/global_variables.tsv", GlobalVariables)
    assert variables.number("max_connections") == 60
    assert variables.number("innodb_lock_wait_timeout") == 2
    assert variables.get("init_connect") is None
    assert variables.get("report_password") is None


@pytest.mark.parametrize("form", ["tsv", "table.txt"])
def test_sessions_in_both_forms(form: str) -> None:
    (snapshot,) = fact_of(f"processlist/processlist.{form}", ProcessList).snapshots
    assert len(snapshot.sessions) == 11
    assert [one.statement for one in snapshot.sessions if one.state == "Updating"] == [
        "update product set stock = stock - ? where id = ? and stock >= ?"
    ]


def test_facts_move_with_their_clock() -> None:
    for path in FILES:
        for fact in facts_of(path):
            moved = fact.shifted(1_000_000_000, fact.source)
            assert moved.shifted(-1_000_000_000, fact.source).source is fact.source
    waits = fact_of("lock-waits-sys/row-locks-sampled.tsv.gz", LockWaits)
    moved_waits = waits.shifted(7, waits.source)
    assert moved_waits.samples_ns[0] == waits.samples_ns[0] + 7
    assert (moved_waits.waits[0].time_ns or 0) - (waits.waits[0].time_ns or 0) == 7


def test_looks_that_end_in_something_else_are_refused_at_once() -> None:
    """Matching all lines by one expression took exponential time on a torn last line."""
    from perfreport.sources import lock_waits_sys
    from perfreport.sources._input import Head

    looks = b"# sample 2026-11-22T13:39:21.230Z rows=0\n" * 60
    assert lock_waits_sys.sniff(Head("a", looks)) > 0
    assert lock_waits_sys.sniff(Head("a", looks + b"# sample 2026-11-22T13")) == 0.0
