"""One statement that takes most of the time and wastes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.source import SourceRef
from perfreport.model.sql import DigestRow, StatementDigest
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

if TYPE_CHECKING:
    from perfreport.rules import Case

RULE = "slow-query"
BUSY = Stage(pool=10, active=5, borrowed=50, hold=0.1, lock=0.0)


def digests(examined: int, total: float, other: float = 1.0):
    def dump(name: str, at: int, times: int) -> StatementDigest:
        rows = (
            DigestRow(
                "shop", "d1", "select id from user_coupons where user_id = ?", "a", 100 * times,
                total * times, rows_examined=100 * times * examined, rows_sent=100 * times,
                no_index_used=0, first_seen_ns=BEGIN, last_seen_ns=at,
            ),
            DigestRow(
                "shop", "d2", "select ?", "b", 100 * times, other * times, rows_examined=0,
                rows_sent=100 * times, no_index_used=0, first_seen_ns=BEGIN, last_seen_ns=at,
            ),
        )  # fmt: skip
        return StatementDigest(SourceRef(name, "statement-digest"), rows, at)

    return (dump("before.tsv", BEGIN, 1), dump("after.tsv", BEGIN + 20 * SECOND, 2))


def test_fires_for_a_wasteful_statement_that_dominates() -> None:
    case = served(BUSY, BUSY, facts=digests(examined=5000, total=60))
    (finding,) = findings(RULE, case)
    assert "user_coupons" in (finding.subject or "")


def test_silent_when_it_reads_what_it_returns() -> None:
    assert findings(RULE, served(BUSY, BUSY, facts=digests(examined=1, total=60))) == ()


def test_silent_when_the_time_is_lock_waiting() -> None:
    locked = Stage(pool=10, active=5, borrowed=50, hold=0.1, lock=4.0)
    assert findings(RULE, served(locked, locked, facts=digests(examined=5000, total=60))) == ()


def test_silent_when_it_is_a_small_part_of_the_held_time() -> None:
    assert findings(RULE, served(BUSY, BUSY, facts=digests(examined=5000, total=10))) == ()


def test_not_evaluated_without_statements() -> None:
    assert missing(RULE, served(BUSY)) == ("need.statements",)


def test_silent_while_it_may_fill_a_cache_whose_bursts_fall_between_scrapes() -> None:
    """A hundred executions for a hundred misses: whether they came at once, nobody saw."""
    loading = replace(BUSY, throughput=500.0, actives=(5.0,) * 10, misses=(5.0,) * 10)
    facts = digests(examined=5000, total=60)
    assert findings(RULE, requested_often(served(loading, loading, facts=facts)))
    assert findings(RULE, requested_often(served(loading, loading, facts=facts, every=5))) == ()


def test_silent_for_a_report_that_runs_beside_the_requests() -> None:
    """Most of an idle database's time, and a thousandth of what requests wait for."""
    waiting = replace(BUSY, throughput=2000.0, avg=2.0, active=1, borrowed=300, hold=0.003)
    facts = digests(examined=5000, total=15)
    assert findings(RULE, served(waiting, waiting, facts=facts)) == ()
    full = replace(waiting, pool=1, pending=40, acquire=1.5)
    assert findings(RULE, served(full, full, facts=facts))


def requested_often(case: Case) -> Case:
    """The same case, told that all requests went to one endpoint."""
    (whole,) = [one for one in case.measurements.slices if one.phase == "all"]
    slices = (*case.measurements.slices, replace(whole, endpoint="GET /popular"))
    return replace(case, measurements=replace(case.measurements, slices=slices), cache={})
