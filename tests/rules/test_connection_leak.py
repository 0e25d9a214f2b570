"""Connections in use that nothing accounts for."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.signal import Part, Signals
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


def test_found_in_scrapes_ten_seconds_apart() -> None:
    stages = (stage(0.1), stage(2), stage(5), stage(8), stage(10, borrowed=0))
    (finding,) = findings(RULE, served(*stages, stage(10, borrowed=0), every=10))
    assert finding.impact > 0.8


def test_silent_where_nothing_tells_how_long_connections_are_held() -> None:
    case = served(stage(10), stage(10))
    (signals,) = [fact for fact in case.run.facts if isinstance(fact, Signals)]
    levels = tuple(one for one in signals.series if one.part is Part.VALUE)
    facts = tuple(
        replace(fact, series=levels) if fact is signals else fact for fact in case.run.facts
    )
    assert findings(RULE, replace(case, run=replace(case.run, facts=facts), cache={})) == ()
