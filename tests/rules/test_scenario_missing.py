"""A planned scenario without samples is traffic that the figures lack."""

from __future__ import annotations

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import (
    CLOSED,
    Row,
    console,
    exited,
    nothing,
    played,
    scenario,
    summary_of,
)

RULE = "scenario-missing"
PLAN = (scenario("order"), scenario("browse", level=5))


def kept(row: Row) -> bool:
    return row[1].get("scenario") != "browse"


def test_fires_for_a_planned_scenario() -> None:
    run = played(*PLAN).where(kept)
    (finding,) = findings(RULE, run)
    assert level(RULE, run) == "invalid"
    assert figure(finding, "names") == ("browse",)


def test_fires_for_a_scenario_of_the_console_log() -> None:
    told = (console(scenarios=("order", "browse")), exited(0))
    assert level(RULE, played(*PLAN).where(kept).blind().beside(*told)) == "invalid"


def test_silent_where_all_are_there() -> None:
    assert findings(RULE, played(*PLAN)) == ()


def test_silent_for_a_scenario_that_was_not_due_yet() -> None:
    late = scenario("late", CLOSED, 2, 10, at=29.5)
    assert findings(RULE, played(PLAN[0], late, until=30.0)) == ()


def test_silent_where_the_summary_vouches_for_the_samples() -> None:
    run = played(PLAN[0]).of_plan(*PLAN)
    assert findings(RULE, run.beside(summary_of(run), exited(0))) == ()


def test_silent_with_the_scenario_tag_switched_off() -> None:
    run = played(PLAN[0])
    run.rows = [(row[0], {}, *row[2:]) for row in run.rows]
    assert findings(RULE, run) == ()


def test_not_evaluated_without_any_list_of_scenarios() -> None:
    assert missing(RULE, played().blind()) == ("validity.need.scenarios",)
    assert "validity.need.samples" in missing(RULE, nothing())
