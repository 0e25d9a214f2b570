"""The plan of a test as k6 will run it: defaults filled in, rates per second, times in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfreport.model.load import Executor, LoadPlan, Scenario, Stage
from perfreport.sources import ingest
from perfreport.sources._go_duration import go_seconds

SAMPLES = Path(__file__).parents[3] / "samples" / "k6-inspect"


def plan_of(path: Path) -> LoadPlan:
    with ingest([str(path)]) as intake:
        (plan,) = intake.runs[0].of(LoadPlan)
        return plan


def test_every_executor() -> None:
    plan = plan_of(SAMPLES / "every-executor-1.1.json")
    grace = {"exec": "default", "start_seconds": 0.0, "graceful_stop_seconds": 30.0}
    expected = [
        Scenario("a_shared", Executor.SHARED_ITERATIONS, **grace, start_level=3, stages=(),
                 vus=3, iterations=30, max_seconds=600),
        Scenario("b_per_vu", Executor.PER_VU_ITERATIONS, **grace, start_level=1, stages=(),
                 vus=1, iterations=1, max_seconds=90),
        Scenario("c_const", Executor.CONSTANT_VUS, **(grace | {"start_seconds": 10.0}),
                 start_level=4, stages=(Stage(60.5, 4),), vus=4),
        Scenario("d_ramp", Executor.RAMPING_VUS, **(grace | {"graceful_stop_seconds": 3.0}),
                 start_level=1, stages=(Stage(0.25, 5), Stage(0, 9), Stage(3723, 0))),
        Scenario("e_rate", Executor.CONSTANT_ARRIVAL_RATE, **grace, start_level=1.5,
                 stages=(Stage(120, 1.5),), pre_allocated_vus=2, max_vus=2),
        Scenario("f_ramprate", Executor.RAMPING_ARRIVAL_RATE, **(grace | {"exec": "other"}),
                 start_level=1, stages=(Stage(30, 10),), pre_allocated_vus=2, max_vus=8,
                 tags=(("flow", "x"),)),
        Scenario("g_ext", Executor.EXTERNALLY_CONTROLLED, **grace, start_level=1,
                 stages=(Stage(10, 1),), vus=1, max_vus=5),
    ]  # fmt: skip
    assert list(plan.scenarios) == expected
    assert plan.tags == (("testid", "EX-001"),)
    assert plan.trend_stats == ("avg", "p(99)")


def test_thresholds_keep_their_spelling_and_abort() -> None:
    plan = plan_of(SAMPLES / "every-executor-1.1.json")
    told = {(entry.metric, entry.expression, entry.abort_on_fail) for entry in plan.thresholds}
    assert told == {
        ("checks", "rate>0.9", True),
        ("http_req_duration{ scenario : e_rate }", "p(95)<500", False),
        ("http_req_duration{ scenario : e_rate }", "p(99.9)<2000", False),
    }


def test_shortcuts_become_the_default_scenario() -> None:
    """Without --execution-requirements k6 leaves `scenarios` null."""
    (scenario,) = plan_of(SAMPLES / "shortcuts-without-requirements-1.1.json").scenarios
    assert scenario.name == "default"
    assert scenario.executor is Executor.RAMPING_VUS
    assert scenario.start_level == 5
    assert scenario.stages == (Stage(10, 20), Stage(20, 20))


@pytest.mark.parametrize(
    ("options", "executor"),
    [
        ({"iterations": 5, "duration": "1m", "stages": [1]}, Executor.SHARED_ITERATIONS),
        ({"duration": "1m", "vus": 3}, Executor.CONSTANT_VUS),
        ({}, Executor.PER_VU_ITERATIONS),
    ],
)
def test_shortcuts_follow_the_precedence_of_k6(
    options: dict[str, Any], executor: Executor, tmp_path: Path
) -> None:
    path = tmp_path / "inspect.json"
    nulls = dict.fromkeys((
        "scenarios",
        "thresholds",
        "systemTags",
        "setupTimeout",
        "rps",
        "paused",
    ))
    path.write_text(json.dumps(nulls | options), encoding="utf-8")
    assert [scenario.executor for scenario in plan_of(path).scenarios] == [executor]


def test_a_scenario_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    plan = json.loads((SAMPLES / "every-executor-1.1.json").read_text("utf-8"))
    plan["scenarios"]["d_ramp"]["stages"][0]["duration"] = "soon"
    plan["scenarios"]["e_rate"]["executor"] = "by-hand"
    plan["scenarios"]["f_ramprate"]["timeUnit"] = "0s"
    path = tmp_path / "inspect.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    with ingest([str(path)]) as intake:
        named = [dict(problem.message.params)["scenario"] for problem in intake.problems]
        assert intake.sources[0].skipped == 3
    assert named == ["d_ramp", "e_rate", "f_ramprate"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1m30s", 90),
        ("1m30.5s", 90.5),
        ("250ms", 0.25),
        ("1h2m3s", 3723),
        ("0s", 0),
        ("1\u00b5s", 1e-6),
        ("-1.5h", -5400),
        ("1d", 86400),
        (1500, 1.5),
        ("1500", 1.5),
        ("", None),
        ("1x", None),
        ("s", None),
        (None, None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_go_durations(text: object, seconds: float | None) -> None:
    assert go_seconds(text) == (seconds if seconds is None else pytest.approx(seconds))
