"""The planned iterations are the area under the rate; what is missing from them shows."""

from __future__ import annotations

import pytest

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import (
    CLOSED,
    RAMPING,
    dropped,
    nothing,
    played,
    scenario,
    second_of,
)

RULE = "arrival-rate-below-plan"
STAGES = {"start": 1.0, "stages": ((5, 20), (20, 20), (5, 1))}


@pytest.mark.parametrize(("gone", "expected"), [(1.0, "questionable"), (6.0, "invalid")])
def test_fires_where_iterations_are_missing(gone: float, expected: str) -> None:
    run = played().where(lambda row: row[0] == "vus" or not 10 <= second_of(row) < 10 + gone)
    assert level(RULE, run) == expected


def test_fires_with_the_integral_of_the_stages() -> None:
    """52.5 + 400 + 52.5 iterations."""
    run = played(scenario(executor=RAMPING, **STAGES))
    (finding,) = findings(RULE, run.where(lambda row: not 10 <= second_of(row) < 14))
    assert figure(finding, "planned") == 505


def test_silent_where_the_rest_was_dropped() -> None:
    """Started and dropped together are what was planned."""
    run = played().where(lambda row: row[0] == "vus" or not 10 <= second_of(row) < 16)
    assert findings(RULE, run.with_rows(dropped([10 + n / 20 for n in range(120)]))) == ()


def test_silent_within_rounding() -> None:
    assert findings(RULE, played(scenario(executor=RAMPING, **STAGES))) == ()


def test_silent_for_iterations_in_flight_when_killed() -> None:
    """Killed at 20 s with 20 iterations of 1 s running: they leave no trace."""
    assert findings(RULE, played(latency=1.0, until=20.0)) == ()


def test_not_evaluated_without_samples_or_plan() -> None:
    assert missing(RULE, nothing()) == (
        "validity.need.samples",
        "validity.need.plan-of-this-run",
        "validity.need.arrival-rate",
    )


def test_not_evaluated_for_vus_or_for_the_plan_of_another_run() -> None:
    assert missing(RULE, played(scenario(executor=CLOSED, level=5))) == (
        "validity.need.arrival-rate",
    )
    assert missing(RULE, played().of_plan(scenario(level=10))) == (
        "validity.need.plan-of-this-run",
    )
