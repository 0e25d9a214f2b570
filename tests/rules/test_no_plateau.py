"""A load that was never held belongs to no load level."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.grade import TestKind
from tests.rules.judged import findings, level, missing
from tests.rules.made import RAMPING, nothing, played, scenario

RULE = "no-plateau"


def test_fires_for_a_run_of_ramps() -> None:
    ramps = scenario(executor=RAMPING, start=1, stages=((15, 30), (15, 1)))
    (finding,) = findings(RULE, played(ramps))
    assert finding.summary.key.endswith("none")


def test_fires_for_a_moment_of_load() -> None:
    (finding,) = findings(RULE, played(scenario(seconds=2.5)))
    assert level(RULE, played(scenario(seconds=2.5))) == "questionable"
    assert finding.summary.key.endswith("short")


def test_fires_for_a_hold_that_is_next_to_nothing() -> None:
    held = scenario(executor=RAMPING, start=1, stages=((20, 30), (2, 30), (20, 1)))
    (finding,) = findings(RULE, played(held))
    assert finding.summary.key.endswith("summary")


def test_silent_for_a_short_hold() -> None:
    held = scenario(executor=RAMPING, start=1, stages=((10, 30), (4, 30), (10, 1)))
    assert findings(RULE, played(held)) == ()


def test_silent_for_a_spike_without_a_hold() -> None:
    spike = scenario(executor=RAMPING, start=2, stages=((20, 4), (2, 60), (10, 4), (10, 2)))
    assert findings(RULE, replace(played(spike), kind=TestKind.PEAK)) == ()


def test_not_evaluated_without_phases() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples", "validity.need.phases")
