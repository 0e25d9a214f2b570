"""A cache whose misses are many and expensive."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.digests import Ran, digests
from tests.rules.served import Stage, findings, missing, served

RULE = "cache-inefficient"
# Twelve misses a second beside eight hits, all the time.
MISSING = Stage(
    throughput=30, served=0.06, pool=20, active=1.5, borrowed=30, hold=0.05, misses=(12.0,) * 10,
    hits=8.0,
)  # fmt: skip
LOAD = Ran("select name, price from products where id = ?", 240, 0.1)
OTHER = Ran("select value from settings where name = ?", 900, 0.0002)


def found(stage: Stage, *statements: Ran):
    return findings(RULE, served(stage, stage, facts=digests(*statements)))


def test_fires_where_misses_take_the_held_time() -> None:
    (finding,) = found(MISSING, LOAD, OTHER)
    assert finding.subject == "popular"
    assert finding.impact > 0.7


def test_fires_where_misses_call_another_service() -> None:
    calling = replace(MISSING, hold=0.001, served=0.22, call=0.4, calls=12)
    (finding,) = found(calling, OTHER)
    assert finding.summary.key == "findings.cache-inefficient.summary-calls"


def test_says_why_entries_are_gone() -> None:
    (finding,) = found(replace(MISSING, expired=11.0), LOAD, OTHER)
    assert finding.whys[-1].key == "findings.cache-inefficient.why-expired"


def test_silent_where_calls_are_not_made_for_misses() -> None:
    assert found(replace(MISSING, hold=0.001, served=0.22, call=0.4, calls=20), OTHER) == ()


def test_silent_where_misses_are_cheap() -> None:
    assert found(MISSING, replace(LOAD, seconds=0.001), OTHER) == ()


def test_silent_where_most_look_ups_hit() -> None:
    assert found(replace(MISSING, hits=60.0), LOAD, OTHER) == ()


def test_silent_where_nothing_ran_as_often_as_it_missed() -> None:
    assert found(MISSING, replace(LOAD, times=600, seconds=0.04), OTHER) == ()


def test_silent_where_misses_come_in_bursts() -> None:
    """That is a stampede, and is called one."""
    burst = (60.0, 60.0, *((0.0,) * 8))
    loaded = (18.0, 18.0, *((1.0,) * 8))
    stage = replace(MISSING, misses=burst, actives=loaded)
    assert findings("cache-stampede", served(stage, stage)) != ()
    assert found(stage, LOAD, OTHER) == ()


def test_not_evaluated_without_counters() -> None:
    assert missing(RULE, served(Stage())) == ("need.cache-counters", "need.cache-loads")
