"""A recording that does not overlap the load is no evidence, and the report says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.source import Clock, ClockKind, SourceRef
from tests.rules.judged import findings, level, missing
from tests.rules.made import nothing, played

if TYPE_CHECKING:
    from perfreport.rules import Case

RULE = "clock-mismatch"
MINUTE = 60 * 10**9


def recorded(shift_ns: int, seconds: float = 60, kind: str = "gc-log", clock: str = "utc") -> Case:
    case = played().case()
    start = case.phases.start_ns + shift_ns
    end = start + int(seconds * 1e9)
    ref = SourceRef("gc.log", kind, start_ns=start, end_ns=end, clock=Clock(ClockKind(clock)))
    return replace(case, run=replace(case.run, sources=(*case.run.sources, ref)))


@pytest.mark.parametrize("minutes", [-9, 7])
def test_fires_for_a_log_minutes_away_and_leaves_the_verdict_alone(minutes: int) -> None:
    assert level(RULE, recorded(minutes * MINUTE)) == "valid"


def test_silent_for_a_log_that_overlaps() -> None:
    assert findings(RULE, recorded(-MINUTE // 2)) == ()


def test_silent_for_a_look_before_the_test() -> None:
    assert findings(RULE, recorded(-5 * MINUTE, seconds=0)) == ()


def test_silent_for_a_clock_that_nothing_places() -> None:
    assert findings(RULE, recorded(7 * MINUTE, clock="relative")) == ()


def test_silent_for_what_is_no_recording() -> None:
    assert findings(RULE, recorded(7 * MINUTE, kind="redis-info")) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
