"""A full pool with a queue in front of it; full alone is no trouble."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "pool-exhausted"
EASY = Stage(pool=10, active=2, borrowed=100, hold=0.02)


def test_fires_when_all_are_in_use_and_requests_wait() -> None:
    full = Stage(pool=10, active=10, pending=15, borrowed=400, hold=0.025, acquire=0.05)
    (finding,) = findings(RULE, served(EASY, full))
    assert dict(finding.summary.params)["pending"] == 15
    assert finding.onset_ns == served(EASY, full).phases.phases[1].start_ns


def test_fires_for_timeouts_alone() -> None:
    assert findings(RULE, served(EASY, Stage(pool=10, active=5, borrowed=9, timeouts=1)))


def test_silent_when_the_wait_is_a_fraction_of_the_use() -> None:
    full = Stage(pool=10, active=10, pending=1, borrowed=400, hold=0.025, acquire=0.002)
    assert findings(RULE, served(EASY, full)) == ()


def test_not_evaluated_without_pool_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.pool-signals",)
