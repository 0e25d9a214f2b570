"""The kind of a test by the plan of its load: what the stages do with it.

- peak: the load jumps to at least three times what ran before, stays there for less than half of
  the test and falls back;
- stress: it climbs over at least three levels;
- soak: it is held for an hour or more;
- load: anything else that is held or ramped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.grade import TestKind
from perfreport.model.load import LoadPlan

if TYPE_CHECKING:
    from perfreport.model.load import Scenario
    from perfreport.model.run import TestRun

_JUMP = 3.0
_JUMP_SECONDS = 0.25  # of the whole test
_HELD = 0.5  # of the whole test
_STEPS = 3
_SOAK_SECONDS = 3600.0
_SAME = 0.05  # levels closer than this share of the highest are one


def kind_of_plan(run: TestRun) -> TestKind | None:
    """Return the kind that the busiest scenario of the plan stands for; None without a plan."""
    scenarios = [
        scenario for plan in run.of(LoadPlan) for scenario in plan.scenarios if scenario.stages
    ]
    kinds = [kind_of_scenario(scenario) for scenario in scenarios]
    if not kinds:
        return None
    for kind in (TestKind.PEAK, TestKind.STRESS, TestKind.SOAK):
        if kind in kinds:
            return kind
    return TestKind.LOAD


def kind_of_scenario(scenario: Scenario) -> TestKind:
    """Return the kind of test that the stages of one scenario make."""
    if _has_spike(scenario):
        return TestKind.PEAK
    if _steps_up(scenario) >= _STEPS:
        return TestKind.STRESS
    longest = max((stage.seconds for stage in scenario.stages), default=0.0)
    return TestKind.SOAK if longest >= _SOAK_SECONDS else TestKind.LOAD


def _levels(scenario: Scenario) -> list[tuple[float, float, float]]:
    """(begin, end, seconds) of every stage."""
    begin = scenario.start_level
    found: list[tuple[float, float, float]] = []
    for stage in scenario.stages:
        found.append((begin, stage.target, stage.seconds))
        begin = stage.target
    return found


def _highest(scenario: Scenario) -> float:
    return max((max(begin, end) for begin, end, _ in _levels(scenario)), default=0.0)


def _has_spike(scenario: Scenario) -> bool:
    stages = _levels(scenario)
    total = sum(seconds for *_, seconds in stages)
    high = _highest(scenario) * (1 - _SAME)
    for place, (begin, end, seconds) in enumerate(stages):
        if end < high or begin <= 0 or end < _JUMP * begin or seconds > _JUMP_SECONDS * total:
            continue
        rest = stages[place + 1 :]
        held = sum(length for start, stop, length in rest if min(start, stop) >= high)
        falls = any(0 < stop <= high / 2 for _, stop, _ in rest)
        return falls and held < _HELD * total
    return False


def _steps_up(scenario: Scenario) -> int:
    """Count the distinct levels that the load is held at, each higher than the one before."""
    tolerance = _highest(scenario) * _SAME
    held = [
        end
        for begin, end, seconds in _levels(scenario)
        if seconds and abs(end - begin) <= tolerance
    ]
    ends = [end for _, end, seconds in _levels(scenario) if seconds]
    levels = held if len(held) >= _STEPS else ends
    steps, last = 0, 0.0
    for level in levels:
        if level > last + tolerance:
            steps, last = steps + 1, level
    return steps
