"""Shares of the iterations follow the planned rates."""

from __future__ import annotations

import pytest

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import CLOSED, Made, nothing, played, scenario

RULE = "scenario-mix-differs"
PLAN = (scenario("order", level=12), scenario("coupon", level=6), scenario("browse", level=2))


def thinned(share: float) -> Made:
    """Only a share of the coupon iterations left a trace."""
    run = played(*PLAN)
    times = sorted({row[2] for row in run.rows if row[1].get("scenario") == "coupon"})
    gone = set(times[int(len(times) * share) :])
    return run.where(lambda row: row[1].get("scenario") != "coupon" or row[2] not in gone)


@pytest.mark.parametrize(("share", "expected"), [(0.85, "questionable"), (0.6, "invalid")])
def test_fires_by_difference(share: float, expected: str) -> None:
    """30 % planned: 85 % of it is 26.7 % of all, 60 % of it 20.5 %."""
    assert level(RULE, thinned(share)) == expected


def test_fires_with_the_worst_scenario() -> None:
    (finding,) = findings(RULE, thinned(0.6))
    assert figure(finding, "scenario") == "coupon"
    assert figure(finding, "planned") == pytest.approx(0.3, abs=0.001)


def test_silent_just_below() -> None:
    assert findings(RULE, thinned(0.93)) == ()


def test_silent_for_the_planned_mix() -> None:
    assert findings(RULE, played(*PLAN)) == ()


def test_not_evaluated_with_scenarios_of_vus() -> None:
    run = played(PLAN[0], scenario("soak", CLOSED, 2))
    assert missing(RULE, run) == ("validity.need.arrival-rate-mix",)
    assert "validity.need.samples" in missing(RULE, nothing())
