"""Another plan than ran is a note where k6's own counts vouch for the samples."""

from __future__ import annotations

from tests.rules.judged import findings, level, missing
from tests.rules.made import CLOSED, console, exited, hung, nothing, played, scenario, summary_of

RULE = "plan-differs"


def test_fires_as_a_note_where_the_samples_are_complete() -> None:
    run = played().of_plan(scenario(level=10))
    assert level(RULE, run.beside(summary_of(run))) == "valid"
    told = console(complete_iterations=600, interrupted_iterations=0)
    assert level(RULE, run.beside(told, exited(0))) == "valid"


def test_fires_where_more_ran_than_planned() -> None:
    assert level(RULE, played().of_plan(scenario(level=10))) == "questionable"


def test_fires_hardest_where_less_ran_than_planned() -> None:
    """Half of the load may be the other half of a distributed run."""
    assert level(RULE, played().of_plan(scenario(level=40))) == "invalid"
    closed = played(scenario(executor=CLOSED, level=5))
    assert level(RULE, closed.of_plan(scenario(executor=CLOSED, level=10))) == "invalid"


def test_silent_where_the_plan_ran() -> None:
    assert findings(RULE, played()) == ()


def test_silent_where_samples_are_missing_from_the_plan() -> None:
    """A gap is the finding of other rules."""
    assert findings(RULE, played().where(lambda row: not 10 <= row[2] / 1e9 - 1.7e9 < 14)) == ()


def test_silent_where_iterations_never_end() -> None:
    """They began as planned; k6 writes no sample of them."""
    assert findings(RULE, hung()) == ()


def test_not_evaluated_without_plan() -> None:
    assert missing(RULE, played().blind()) == ("validity.need.plan",)
    assert "validity.need.samples" in missing(RULE, nothing())
