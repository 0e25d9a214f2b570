"""A silent stretch of a living test is a loss, or a frozen load generator."""

from __future__ import annotations

import pytest

from perfreport.model.load import Executor
from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import CLOSED, nothing, played, scenario, second_of

RULE = "samples-gap"


@pytest.mark.parametrize(("gone", "expected"), [(1.0, "invalid"), (5.0, "invalid")])
def test_fires_where_ticks_are_missing(gone: float, expected: str) -> None:
    run = played().where(lambda row: not 10 <= second_of(row) < 10 + gone)
    assert level(RULE, run) == expected


def test_fires_mildly_for_one_tick_of_a_long_run() -> None:
    run = played(scenario(level=2, seconds=240)).where(lambda row: not 10 <= second_of(row) < 11)
    (finding,) = findings(RULE, run)
    assert level(RULE, run) == "questionable"
    assert figure(finding, "silent") == pytest.approx(1.0)


def test_fires_where_iterations_end_without_their_requests() -> None:
    run = played().where(lambda row: "http" not in row[0] or not 10 <= second_of(row) < 14)
    assert level(RULE, run) == "invalid"


def test_fires_between_two_ticks() -> None:
    """5 VUs go on from iterations that are not there; no tick is missing."""
    run = played(scenario("order", CLOSED, 5), latency=0.23)
    assert findings(RULE, run) == ()
    assert level(RULE, run.where(lambda row: not 10.6 <= second_of(row) < 11.1)) == "invalid"


def test_silent_for_vus_that_join_and_leave() -> None:
    steps = ((3, 6), (8, 6), (3, 2), (8, 2), (3, 6), (8, 6), (2, 0))
    run = played(scenario("a", Executor.RAMPING_VUS, 0, start=0, stages=steps), latency=0.23)
    assert findings(RULE, run) == ()


def test_silent_for_ticks_a_little_late() -> None:
    run = played().where(lambda row: not 10 <= second_of(row) < 10.5)
    rows = [(*row[:2], row[2] + (30_000_000 if row[0] == "vus" else 0), row[3]) for row in run.rows]
    assert findings(RULE, played().with_rows(rows)) == ()


def test_silent_for_iterations_that_seldom_make_requests() -> None:
    run = played()
    asked = [row for row in run.rows if "http" not in row[0] or row[2] % 50 == 0]
    run.rows = asked
    assert findings(RULE, run) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
