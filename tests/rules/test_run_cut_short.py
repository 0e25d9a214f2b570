"""Whatever stopped a run, the part that never ran can't pass."""

from __future__ import annotations

import pytest

from tests.rules.judged import findings, level, missing
from tests.rules.made import CLOSED, console, exited, nothing, played, scenario, summary_of

RULE = "run-cut-short"


@pytest.mark.parametrize(
    "facts",
    [
        (exited(105), console(aborted_by="interrupt")),
        (exited(137),),
        (exited(108),),
        (console(aborted_by="threshold"),),
        (),
    ],
    ids=["sigint", "sigkill", "test.abort", "threshold", "samples-alone"],
)
def test_fires_for_a_third_of_the_plan(facts: tuple) -> None:
    assert level(RULE, played(until=10.0).beside(*facts)) == "invalid"


def test_fires_for_stages_that_never_began() -> None:
    late = scenario("late", CLOSED, 2, 10, at=40)
    (finding,) = findings(RULE, played(scenario(), late, until=30.2))
    assert finding.summary.key.endswith("ends-early")


def test_fires_mildly_near_the_end() -> None:
    assert level(RULE, played(until=29.0).beside(exited(105))) == "questionable"


def test_fires_for_an_abort_without_a_plan() -> None:
    assert level(RULE, played(until=10.0).blind().beside(exited(105))) == "invalid"


def test_fires_where_samples_break_off() -> None:
    """No plan, no console log: 8 VUs are in the middle of iterations when the file ends."""
    run = played(scenario("a", CLOSED, 8), latency=0.93, until=12.8).blind()
    assert level(RULE, run) == "invalid"


def test_silent_where_k6_let_every_iteration_end() -> None:
    assert findings(RULE, played(scenario("a", CLOSED, 8), latency=0.93).blind()) == ()


def test_silent_for_a_complete_run() -> None:
    run = played()
    assert findings(RULE, run.beside(exited(0), summary_of(run))) == ()


def test_silent_for_thresholds_crossed_at_the_end() -> None:
    assert findings(RULE, played().beside(exited(99))) == ()


def test_silent_where_a_shorter_plan_ran() -> None:
    """k6 ended normally after 30 s: the configuration of 60 s is of another run."""
    run = played().of_plan(scenario(seconds=60))
    assert findings(RULE, run.beside(exited(0), summary_of(run))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
    assert missing(RULE, nothing(exited(0))) == ("validity.need.samples",)


def test_fires_for_an_abort_that_k6_tells_of_without_samples() -> None:
    """Taking the samples away from an aborted run must not make it whole."""
    assert level(RULE, nothing(exited(105))) == "invalid"
