"""Calls that end at a time limit instead of with an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfreport.model.applog import AppLog, EventGroup, Level, PoolTimeouts
from perfreport.model.source import Clock, ClockKind, SourceRef
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

RULE = "downstream-timeout"
FINE = Stage(throughput=30, served=0.03, call=0.02, calls=30, pool=10, active=1, cut_off=0.0)
# One call in ten gets no answer within two seconds.
STUCK = replace(FINE, served=0.22, calls=27, cut_off=2.01, cut=3)
PILED = (*(((0.03, False),) * 300), *((2.0 + 0.001 * (i % 40), True) for i in range(60)))


def log(exception: str, times: int = 60) -> AppLog:
    at = BEGIN + np.arange(times, dtype=np.int64) * SECOND // 10
    nothing = np.empty(0)
    group = EventGroup(
        Level.ERROR, "c.s.Orders", "payment failed", exception, exception, "Read timed out", None,
        at, np.arange(1, times + 1),
    )  # fmt: skip
    waits = PoolTimeouts((), at[:0], nothing, nothing, nothing, nothing, nothing, at[:0])
    source = SourceRef("app.log", "app-log", clock=Clock(ClockKind.UTC))
    return AppLog(
        source, BEGIN, BEGIN + 20 * SECOND, times, times, ((Level.ERROR, times),), (group,), (),
        waits,
    )  # fmt: skip


def test_fires_on_calls_cut_off_at_a_round_time() -> None:
    (finding,) = findings(RULE, served(FINE, STUCK, took=PILED))
    assert dict(finding.summary.params)["limit"].value == 2.0
    assert finding.subject == "POST /orders"
    assert finding.confidence > 0.9


def test_fires_on_the_log_where_the_client_is_not_measured() -> None:
    bare = replace(STUCK, call=None, cut_off=None)
    case = served(bare, bare, took=PILED, facts=(log("java.net.SocketTimeoutException"),))
    (finding,) = findings(RULE, case)
    assert finding.confidence < 0.9


def test_silent_where_cut_off_calls_are_few() -> None:
    rare = replace(FINE, cut_off=2.01, cut=0.5, served=0.2)
    assert findings(RULE, served(rare, rare)) == ()


def test_silent_where_the_pool_counts_the_time_outs() -> None:
    waiting = replace(STUCK, call=None, cut_off=None, timeouts=6)
    case = served(waiting, waiting, took=PILED, facts=(log("java.net.SocketTimeoutException"),))
    assert findings(RULE, case) == ()


def test_silent_where_the_database_timed_out() -> None:
    bare = replace(STUCK, call=None, cut_off=None)
    case = served(bare, bare, took=PILED, facts=(log("java.sql.SQLTimeoutException"),))
    assert findings(RULE, case) == ()


def test_silent_where_slow_calls_are_answered() -> None:
    """A service that takes two seconds is slow; nothing cut it off."""
    slow = replace(FINE, call=2.01, served=2.1)
    assert findings(RULE, served(slow, slow, took=PILED)) == ()


def test_not_evaluated_without_calls_or_log() -> None:
    assert missing(RULE, served(Stage())) == ("need.downstream-calls",)
