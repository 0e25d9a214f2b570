"""A pool that is too small, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.served import Stage, findings, missing, served

RULE = "pool-undersized"
EASY = Stage(pool=2, active=1, borrowed=50, hold=0.022, acquire=0.001, host=0.2, application=0.1)
FULL = Stage(
    pool=2, active=2, pending=40, borrowed=72, hold=0.0275, acquire=0.5, host=0.3, application=0.15
)


def test_fires_when_short_steady_holds_fill_an_idle_system() -> None:
    (finding,) = findings(RULE, served(EASY, FULL))
    limit = dict(finding.summary.params)["limit"]
    assert abs(limit.value - 2 / 0.0275) < 1


def test_silent_when_the_hold_time_grows_with_the_load() -> None:
    grown = Stage(pool=2, active=2, pending=40, borrowed=20, hold=0.1, acquire=0.5, host=0.3)
    assert findings(RULE, served(EASY, grown)) == ()


def test_silent_where_many_statements_run_on_each_connection_and_nobody_listed_them() -> None:
    """Ten statements for each connection may be a loop; four are what a transaction takes."""
    many = [replace(one, running=1, questions=10 * one.borrowed) for one in (EASY, FULL)]
    few = [replace(one, running=1, questions=4 * one.borrowed) for one in (EASY, FULL)]
    assert findings(RULE, served(*many)) == ()
    assert findings(RULE, served(*few)) != ()


def test_silent_on_a_busy_host() -> None:
    busy = Stage(pool=2, active=2, pending=40, borrowed=72, hold=0.0275, acquire=0.5, host=0.97)
    assert findings(RULE, served(EASY, busy)) == ()


def test_silent_when_nobody_waits() -> None:
    assert findings(RULE, served(EASY, EASY)) == ()


def test_not_evaluated_without_pool_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.pool-signals",)


def test_coarse_scrapes_ask_for_closer_ones_or_find_it_all_the_same() -> None:
    assert findings(RULE, served(EASY, EASY, FULL, FULL, every=5))
    assert missing(RULE, served(EASY, FULL, EASY, EASY, every=20)) == ("need.closer-samples",)
