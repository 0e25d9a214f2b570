"""A database that has more to do than it can."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.digests import Ran, digests
from tests.rules.served import Stage, findings, missing, served

RULE = "database-saturated"
STATEMENTS = tuple(Ran(f"select a from t{i} where id = ?", 500, 0.004) for i in range(5))
EASY = Stage(
    throughput=30, served=0.02, pool=20, active=0.5, borrowed=30, hold=0.02, lock=0.0, host=0.4,
    application=0.1, running=1.5, questions=100, database=0.6,
)  # fmt: skip
FULL = replace(
    EASY, served=0.3, active=12, borrowed=60, hold=0.2, host=0.99, application=0.15, running=11,
    questions=200, database=1.6,
)  # fmt: skip


def found(*stages: Stage, statements: tuple[Ran, ...] = STATEMENTS):
    return findings(RULE, served(*stages, facts=digests(*statements)))


def test_fires_where_the_database_takes_the_processor() -> None:
    (finding,) = found(EASY, FULL)
    assert finding.impact > 0.7
    assert finding.confidence > 0.85


def test_fires_where_statements_queue_without_the_processor() -> None:
    """Two of four cores given to the database, or a slow disk: the host has idle time."""
    (finding,) = found(EASY, replace(FULL, host=0.6, database=0.9))
    assert finding.summary.key == "findings.database-saturated.summary-queue"


def test_silent_where_the_application_takes_the_processor() -> None:
    assert found(EASY, replace(FULL, application=0.7, database=0.2, running=2)) == ()


def test_silent_where_statements_wait_for_row_locks() -> None:
    assert found(EASY, replace(FULL, host=0.4, database=0.3, lock=9.0)) == ()


def test_silent_where_statements_stay_short() -> None:
    """More at once, but each as fast as before: it keeps up."""
    quick = replace(FULL, host=0.6, database=0.9, running=3, questions=400, active=2.2, hold=0.035)
    assert found(EASY, quick) == ()


def test_silent_where_connections_are_not_what_requests_spend_their_time_on() -> None:
    assert found(EASY, replace(FULL, served=2.0)) == ()


def test_silent_for_one_wasteful_statement_that_its_own_rule_keeps_quiet_about() -> None:
    scan = Ran("select sum(x) from big where day = ?", 4, 0.2, examined=500_000)
    assert findings("slow-query", served(EASY, FULL, facts=digests(scan))) == ()
    assert found(EASY, FULL, statements=(scan,)) == ()


def test_not_evaluated_without_statements_or_load() -> None:
    told = missing(RULE, served(Stage()))
    assert told == ("need.statements", "need.database-load")
