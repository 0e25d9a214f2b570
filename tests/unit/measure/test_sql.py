"""Statements over phases: digests differenced, lock waits recovered, hot spots, hypotheses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from perfreport.measure import sql
from perfreport.measure._sql_columns import table_uses
from perfreport.measure._sql_row_locks import lock_time_meaning
from perfreport.measure._sql_windows import Window
from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import TestRun
from perfreport.model.source import Clock, ClockKind, Fact, SourceRef
from perfreport.model.sql import (
    LockWait,
    LockWaits,
    LoggedStatement,
    PlanStep,
    SlowLog,
    StatementDigest,
)
from perfreport.model.statement import StatementFigures, StatementOrigin
from perfreport.sqltext import fingerprint, linkable
from tests.unit.sources.sql_files import fact_of

SECOND = 1_000_000_000
START = 1795354257 * SECOND
PLACED = SourceRef("slow.log", "slow-query-log", clock=Clock(ClockKind.UTC))


def _phases(*lengths: int, start: int = START) -> Phases:
    phases = []
    at = start
    for number, seconds in enumerate(lengths, start=1):
        end = at + seconds * SECOND
        title = message("phase.stage", number=number)
        phases.append(
            Phase(f"stage-{number}", PhaseKind.PLATEAU, at, end, title, PhaseOrigin.SHAPE)
        )
        at = end
    return Phases(tuple(phases), start, at)


def _run(*facts: Fact) -> TestRun:
    return TestRun("run", facts, tuple(fact.source for fact in facts))


def _log(
    rows: list[tuple[str, float, float, float]], *, counted: bool = False, examined: int = 1
) -> SlowLog:
    """A log of (statement, end in seconds after the start, query time, lock time)."""
    shapes = list(dict.fromkeys(fingerprint(text) for text, *_ in rows))
    n = len(rows)
    return SlowLog(
        source=PLACED,
        statements=tuple(LoggedStatement(one, "0" * 32, ("shop",), 1) for one in shapes),
        statement=np.array([shapes.index(fingerprint(row[0])) for row in rows], dtype=np.int32),
        end_ns=np.array([START + round(row[1] * 1e9) for row in rows], dtype=np.int64),
        query_time=np.array([row[2] for row in rows]),
        lock_time=np.array([row[3] for row in rows]),
        rows_sent=np.ones(n, dtype=np.int64),
        rows_examined=np.full(n, examined, dtype=np.int64),
        rows_affected=np.zeros(n, dtype=np.int64),
        flags=np.zeros(n, dtype=np.int32),
        line=np.arange(1, n + 1, dtype=np.int64),
        row_lock_time_counted=counted,
    )


def _digests() -> tuple[StatementDigest, StatementDigest]:
    return (
        fact_of("statement-digest/row-locks-before.tsv", StatementDigest),
        fact_of("statement-digest/row-locks-after.tsv", StatementDigest),
    )


def test_what_ran_between_two_dumps() -> None:
    """1684 executions and 733.29 s were counted from the raw files by hand."""
    before, after = _digests()
    for order in ((before, after), (after, before)):
        hot = max(sql.digest_between(order) or (), key=lambda row: row.total)
        assert (hot.count, round(hot.total, 2), hot.rows_examined) == (1684, 733.29, 1684)
        assert hot.longest == pytest.approx(0.6616, abs=1e-3)  # it rose: it is of this time
        assert hot.shortest is None


def test_a_maximum_that_did_not_rise_is_not_of_this_time() -> None:
    before, after = _digests()
    longest = {row.link: row.longest for row in before.rows}
    for row in sql.digest_between((before, after)) or ():
        assert row.longest is None or row.longest > (longest.get(row.link) or 0.0)


def test_a_truncated_digest_counts_from_zero() -> None:
    before, after = _digests()
    fewer = replace(after, rows=tuple(replace(r, count=3, total=0.5) for r in after.rows[:1]))
    (row,) = sql.digest_between((before, fewer)) or ()
    assert (row.count, row.total) == (3, 0.5)


def test_one_dump_speaks_of_the_servers_lifetime() -> None:
    before, _ = _digests()
    assert sql.digest_between((before,)) is None
    figures = sql.statements(_run(before), _phases(30))
    assert {one.origin for one in figures} == {StatementOrigin.DIGEST_LIFETIME}


def test_statements_are_cut_by_phase() -> None:
    log = _log(
        [("select 1", second, 0.5, 0.0) for second in (1, 2, 11)]
        + [("select a from t", 3, 2.0, 0.0), ("select 1", 99, 9.0, 0.0)]
    )
    figures = sql.statements(_run(log), _phases(10, 10))
    shown = {(f.phase, f.fingerprint): (f.count, f.total, round(f.share, 3)) for f in figures}
    assert shown == {
        ("all", "select a from t"): (1, 2.0, 0.571),
        ("all", "select ?"): (3, 1.5, 0.429),
        ("stage-1", "select a from t"): (1, 2.0, 0.667),
        ("stage-1", "select ?"): (2, 1.0, 0.333),
        ("stage-2", "select ?"): (1, 0.5, 1.0),
    }


def test_an_unplaced_log_is_not_cut() -> None:
    log = _log([("select 1", 1, 0.5, 0.0)])
    loose = replace(log, source=SourceRef("slow.log", "slow-query-log"))
    assert {one.phase for one in sql.statements(_run(loose), _phases(10))} == {"all"}


def test_row_lock_waits_are_recovered_from_the_thousandth() -> None:
    """The whole log held 730.2 s; the server counted 731.7 s of row-lock waits in the run."""
    log = fact_of("slow-log-mariadb/row-locks.log.gz", SlowLog)
    meaning = lock_time_meaning(log.query_time, log.lock_time, counted=False)
    wait = meaning.wait(log.query_time, log.lock_time)
    assert wait == pytest.approx(731.7, rel=0.03)


@pytest.mark.parametrize(
    ("query_time", "lock_time", "counted", "expected"),
    [
        # a wait of every length, a thousandth of it in Lock_time
        (np.linspace(0.05, 1, 40), 8e-5 + np.linspace(0.05, 1, 40) / 1000, False, 21.0),
        # a scan: query times vary, Lock_time does not follow
        (np.linspace(0.05, 1, 40), np.tile([1e-4, 1.1e-4], 20), False, 0.0),
        # all of one length: nothing can be told
        (np.full(40, 0.05), np.full(40, 1e-4), False, None),
        # too few
        (np.linspace(0.05, 1, 5), np.linspace(0.05, 1, 5) / 1000, False, None),
        # MySQL counts it
        (np.array([1.0, 2.0]), np.array([0.5, 1.9]), True, 2.4),
    ],
)
def test_what_lock_time_says(
    query_time: np.ndarray, lock_time: np.ndarray, counted: bool, expected: float | None
) -> None:
    wait = lock_time_meaning(query_time, lock_time, counted=counted).wait(query_time, lock_time)
    assert wait == (None if expected is None else pytest.approx(expected, rel=1e-6))


def _sampled() -> LockWaits:
    waits = fact_of("lock-waits-sys/row-locks-sampled.tsv.gz", LockWaits)
    return replace(waits, source=replace(waits.source, clock=Clock(ClockKind.UTC)))


def test_a_hot_row_is_one_place_with_one_root_per_sample() -> None:
    (spot,) = sql.hotspots(_run(_sampled()), _phases(*[30, 30]))[:1]
    assert (spot.table, spot.index, spot.records) == ("shop.inventories", "PRIMARY", 1)
    assert spot.busy_samples <= spot.samples
    # InnoDB's own report counted up to 19 waiting transactions; the dump was cut at 40 edges.
    assert 15 <= spot.waiters_max <= 19
    assert spot.idle_roots is not None
    assert spot.idle_roots > 0.5  # the holder is in the application, not in a statement


def test_looks_without_waits_count() -> None:
    spots = sql.hotspots(_run(_sampled()), _phases(60))
    whole = next(one for one in spots if one.phase == "all")
    assert whole.samples > whole.busy_samples


def test_a_queue_is_counted_by_transactions_not_by_edges() -> None:
    def edge(waiter: int, blocker: int, mode: str) -> LockWait:
        return LockWait(
            START, str(waiter), str(blocker), waiter, blocker, "t", "PRIMARY", "RECORD", "X",
            "1:2:3", 1.0, "update t set a = ?", None, blocking_mode=mode,
        )  # fmt: skip

    line = [edge(w, b, "X") for w in range(2, 6) for b in range(1, w)]
    (spot,) = sql.hotspots(_run(LockWaits(PLACED, tuple(line), (START,))), _phases(1))[:1]
    assert (spot.waiters_max, spot.idle_roots) == (4, 1.0)
    # Several transactions may hold a shared lock: none of them waits.
    shared = [edge(9, b, "S") for b in range(1, 5)]
    spots = sql.hotspots(_run(LockWaits(PLACED, tuple(shared), (START,))), _phases(1))
    assert spots[0].waiters_max == 1


def _figures(text: str, **changes: object) -> StatementFigures:
    shape = fingerprint(text)
    base = StatementFigures(
        origin=StatementOrigin.DIGEST, phase="all", fingerprint=shape, link=linkable(shape),
        databases=("shop",), count=1000, total=100.0, share=0.9, longest=None, p95=None,
        rows_examined=50_000.0, rows_sent=1.0, rows_affected=0.0, row_lock_wait=None,
        full_scans=1000, tmp_disk_tables=None, errors=None, locking=False,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def _step(table: str, access: str, key: str | None = None) -> PlanStep:
    return PlanStep("SIMPLE", table, access, None, key, 50_000, None, "")


INDEXES = [
    ("select a from t where user_id = 5 and kind = 'x'", (), ("user_id", "kind")),
    ("select a from t where kind = 1 and at > now() - interval 3 day", (), ("kind", "at")),
    ("select a from t where kind in (1,2) order by at desc limit 5", (), ("kind", "at")),
    ("select kind, count(*) from t where shop = 1 group by kind", (), ("shop", "kind")),
    ("update t set a = 1 where code = 'x'", (), ("code",)),
    ("delete from t where code like 'x%'", (), ("code",)),
    # a range ends the index
    ("select a from t where at > 1 and n between 2 and 3 and k = 4", (), ("k", "at")),
    # the table that is scanned, not the one reached by its key
    (
        "select a.x from a join b on b.id = a.b_id where a.at >= 5",
        (_step("a", "ALL"), _step("b", "eq_ref", "PRIMARY")),
        ("at",),
    ),
    (
        "select * from a join b on b.a_ref = a.ref where a.pk = 5",
        (_step("a", "const", "PRIMARY"), _step("b", "ALL")),
        ("a_ref",),
    ),
]


@pytest.mark.parametrize(("text", "plan", "columns"), INDEXES, ids=[text for text, *_ in INDEXES])
def test_columns_of_a_hypothesis_stand_in_the_order_of_an_index(
    text: str, plan: tuple[PlanStep, ...], columns: tuple[str, ...]
) -> None:
    (hypothesis,) = sql.hypotheses([_figures(text, plan=plan)])
    assert tuple(use.column for use in hypothesis.columns) == columns
    assert hypothesis.claim.key.startswith("sql.index-hypothesis.")
    assert hypothesis.explain == f"EXPLAIN {fingerprint(text)}"
    assert ", ".join(f"`{name}`" for name in columns) in hypothesis.change


@pytest.mark.parametrize(
    ("text", "changes", "why"),
    [
        ("select a from t where id = 5", {}, "a primary key is compared already"),
        (
            "select a from t where user_id = 5",
            {"plan": (_step("t", "ref", "idx_user"),)},
            "EXPLAIN shows a key in use",
        ),
        ("select a from t where user_id = 5", {"rows_sent": 40_000.0}, "nearly all rows are sent"),
        ("select a from t where user_id = 5", {"rows_examined": 90.0}, "the table is small"),
        ("select a from t where a = 1 or b = 2", {}, "one index does not serve OR"),
        ("insert into t values (1, 2)", {}, "nothing is looked up"),
        ("select a from t where user_id = (select", {}, "it can't be parsed"),
        ("call p(5)", {}, "a procedure"),
    ],
)
def test_no_hypothesis_where_something_speaks_against_it(
    text: str, changes: dict[str, object], why: str
) -> None:
    assert sql.hypotheses([_figures(text, **changes)]) == (), why


def test_a_column_inside_a_function_is_named_not_indexed() -> None:
    (hypothesis,) = sql.hypotheses([
        _figures("select a from t where date(created_at) = '2026-1-1'")
    ])
    assert hypothesis.columns == ()
    assert hypothesis.wrapped == ("created_at",)
    assert hypothesis.change == ""
    assert hypothesis.claim.key == "sql.index-hypothesis.wrapped"


def test_slow_log_and_digest_of_one_statement_give_one_hypothesis() -> None:
    one = _figures("select a from t where user_id = 5")
    assert len(sql.hypotheses([one, replace(one, origin=StatementOrigin.SLOW_LOG)])) == 1


def test_hostile_statements_are_survived() -> None:
    for text in ("select " + "(" * 5_000, "select a from " + "t, " * 4_000 + "t", "\0 select"):
        assert sql.hypotheses([_figures(text)]) == ()


def test_subqueries_keep_their_columns() -> None:
    uses = {
        use.table: [one.column for one in use.columns]
        for use in table_uses("select a from t where x = ? and y in (select z from s where w = ?)")
    }
    assert uses == {"t": ["x", "y"], "s": ["w"]}


def test_a_lookup_repeated_per_request_is_suspected() -> None:
    loop = _figures("select * from order_item where order_id = 5", count=20_000, rows_sent=3.0)
    once = _figures("select * from orders where user_id = 5", count=1_000)
    (found,) = sql.repeated_statements(_run(), _phases(10), [loop, once], requests=1_000)
    assert (found.unit, found.per_unit) == ("request", 20.0)
    assert found.steadiness is None


def test_without_requests_transactions_are_the_unit() -> None:
    loop = _figures("select * from order_item where order_id = 5", count=20_000, rows_sent=3.0)
    commit = _figures("commit", count=2_000)
    (found,) = sql.repeated_statements(_run(), _phases(10), [loop, commit], requests=0)
    assert (found.unit, found.units, found.per_unit) == ("transaction", 2_000, 10.0)


def test_a_scheduled_job_is_no_loop() -> None:
    """Its executions come at once, whatever the requests do."""
    rows = [("select a from t where id = 1", 0.1 * i, 0.0005, 0.0) for i in range(100)]
    rows += [("select b from job where id = 1", 5.0, 0.0001, 0.0) for _ in range(600)]
    log = _log(rows)
    figures = sql.statements(_run(log), _phases(11))
    assert sql.repeated_statements(_run(log), _phases(11), figures, requests=100) == ()


def test_a_loop_follows_the_load() -> None:
    rows = []
    for second in range(10):
        for _ in range(5 + 3 * second):
            rows.append(("select a from t where ref = 1", second + 0.5, 0.0005, 0.0))
            rows += [("select b from item where t_id = 1", second + 0.5, 0.0001, 0.0)] * 6
    log = _log(rows)
    figures = sql.statements(_run(log), _phases(10))
    requests = sum(5 + 3 * second for second in range(10))
    (found,) = sql.repeated_statements(_run(log), _phases(10), figures, requests)
    assert found.per_unit == 6.0
    assert found.steadiness == pytest.approx(1.0)


def test_windows_are_the_whole_test_and_its_phases() -> None:
    from perfreport.measure._sql_windows import windows_of

    windows = windows_of(_phases(10, 20))
    assert [(one.phase, one.seconds) for one in windows] == [
        ("all", 30.0),
        ("stage-1", 10.0),
        ("stage-2", 20.0),
    ]
    assert isinstance(windows[0], Window)
