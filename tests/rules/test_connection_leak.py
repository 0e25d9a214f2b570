"""Connections in use that nothing accounts for."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "connection-leak"


def stage(active: float, borrowed: float = 20) -> Stage:
    return Stage(pool=10, active=active, borrowed=borrowed, hold=0.005)


def test_fires_when_connections_never_come_back() -> None:
    (finding,) = findings(RULE, served(stage(0.1), stage(4), stage(8), stage(10, borrowed=0)))
    assert finding.impact > 0.8


def test_silent_when_they_come_back_at_last() -> None:
    assert findings(RULE, served(stage(0.1), stage(8), stage(8), stage(0.1))) == ()


def test_silent_when_returned_ones_account_for_them() -> None:
    busy = Stage(pool=10, active=10, borrowed=400, hold=0.025)
    assert findings(RULE, served(busy, busy)) == ()


def test_not_evaluated_without_pool_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.pool-signals",)
