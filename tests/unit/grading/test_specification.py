"""Which test a run was, of which kind, and whose targets it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perfreport.grading import load_thresholds, specify
from perfreport.grading.plan_kind import kind_of_scenario
from perfreport.model.grade import TestKind
from perfreport.model.load import (
    Contains,
    Executor,
    LoadPlan,
    LoadSummary,
    MetricType,
    Scenario,
    ScriptThreshold,
    Stage,
    SummaryMetric,
)
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef

if TYPE_CHECKING:
    from pathlib import Path

REF = SourceRef("inspect.json", "k6-inspect")
SHIPPED = load_thresholds([])


def run(label: str = "results", *, path: str = "a.json", plan: LoadPlan | None = None) -> TestRun:
    return TestRun(label, (plan,) if plan else (), (SourceRef(path, "k6-json"),))


def scenario(*stages: tuple[float, float], start: float = 0.0) -> Scenario:
    cut = tuple(Stage(seconds, target) for seconds, target in stages)
    return Scenario("s", Executor.RAMPING_VUS, "default", 0.0, 30.0, start, cut)


@pytest.mark.parametrize(
    ("label", "path", "option", "test_id"),
    [
        ("01-LT-001-order-load", "x.json", None, "LT-001"),
        ("results", "runs/st-001/results.json", None, "ST-001"),
        ("results", "runs/LT-9/PT-001.json", None, "PT-001"),
        ("01-LT-001", "x.json", "pt-001", "pt-001"),
        ("11-V057-thresholds", "x.json", None, "11-v057-thresholds"),
        ("주문 테스트 #2", "x.json", None, "주문-테스트-2"),
        ("", "x.json", None, "test"),
    ],
)
def test_the_test_id(label: str, path: str, option: str | None, test_id: str) -> None:
    assert specify(run(label, path=path), SHIPPED, option).test_id == test_id


def test_a_tag_of_the_plan_beats_names() -> None:
    tagged = LoadPlan(REF, (), (), tags=(("testid", "SK-007"),))
    found = specify(run("LT-001", plan=tagged), SHIPPED, None)
    assert (found.test_id, found.kind) == ("SK-007", TestKind.SOAK)


@pytest.mark.parametrize(
    ("test_id", "kind", "name"),
    [
        ("LT-001", TestKind.LOAD, "LT-001.yaml"),
        ("lt-001", TestKind.LOAD, "LT-001.yaml"),
        ("LT-077", TestKind.LOAD, "load.yaml"),
        ("ST-077", TestKind.STRESS, "stress.yaml"),
        ("PT-077", TestKind.PEAK, "peak.yaml"),
        ("SP-001", TestKind.PEAK, "peak.yaml"),
        ("SK-001", TestKind.SOAK, "soak.yaml"),
        ("whatever", TestKind.LOAD, "load.yaml"),
    ],
)
def test_targets_by_id_then_by_kind(test_id: str, kind: TestKind, name: str) -> None:
    found = specify(run(), SHIPPED, test_id)
    assert found.kind is kind
    assert found.thresholds_path is not None
    assert found.thresholds_path.endswith(name)


@pytest.mark.parametrize(
    ("stages", "kind"),
    [
        ([(300, 60), (1800, 60), (120, 0)], TestKind.LOAD),
        ([(60, 50)], TestKind.LOAD),
        ([(60, 100), (300, 100), (60, 200), (300, 200), (60, 300), (300, 300)], TestKind.STRESS),
        ([(300, 100), (300, 200), (300, 300)], TestKind.STRESS),
        ([(30, 1000), (5, 5000), (55, 2000), (60, 500)], TestKind.PEAK),
        ([(2, 40), (8, 40), (3, 200), (15, 200), (2, 80), (20, 80), (2, 20)], TestKind.PEAK),
        ([(300, 100), (7200, 100)], TestKind.SOAK),
        ([], TestKind.LOAD),
    ],
)
def test_the_kind_by_the_plan(stages: list[tuple[float, float]], kind: TestKind) -> None:
    assert kind_of_scenario(scenario(*stages)) is kind
    if stages:
        planned = LoadPlan(REF, (scenario(*stages),), ())
        assert specify(run(plan=planned), SHIPPED, None).kind is kind


def test_an_assumed_kind_is_said() -> None:
    assert [note.key for note in specify(run(), SHIPPED, None).notes] == ["grading.kind-assumed"]


def given(tmp_path: Path, text: str):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_thresholds([path])


P95 = "objectives: [{metric: http_req_duration, stat: p(95), pass: < 9s}]\n"


def test_given_targets_come_before_shipped_ones(tmp_path: Path) -> None:
    by_id = given(tmp_path, "test: LT-001\n" + P95)
    assert len(specify(run(), by_id, "LT-001").objectives) == 1
    by_kind = given(tmp_path, "kind: soak\n" + P95)
    assert len(specify(run(), by_kind, "SK-3").objectives) == 1
    # A test of its own is still better than a kind, whoever wrote it.
    assert len(specify(run(), by_kind, "LT-001").objectives) > 1


def test_the_only_given_test_is_meant_where_nothing_names_one(tmp_path: Path) -> None:
    targets = given(tmp_path, "test: my-test\n" + P95)
    meant = specify(run("results"), targets, None)
    assert (meant.test_id, len(meant.objectives)) == ("my-test", 1)
    other = specify(run("LT-001"), targets, None)
    assert [note.key for note in other.notes] == ["grading.given-not-applied"]


def script(*thresholds: tuple[str, str]) -> LoadPlan:
    return LoadPlan(REF, (), tuple(ScriptThreshold(*one) for one in thresholds))


def test_script_thresholds_replace_general_ones_of_the_same_direction() -> None:
    plan = script(("http_req_duration", "p(95)<3000"), ("checks", "rate>0.9"))
    found = specify(run(plan=plan), SHIPPED, "LT-9")
    timed = [o for o in found.objectives if o.selector.metric == "http_req_duration"]
    assert [o.origin for o in timed] == ["script"]
    assert any(o.selector.metric == "http_req_failed" for o in found.objectives)


@pytest.mark.parametrize("expression", ["max>=0", "p(95)>0"])
def test_a_threshold_that_limits_nothing_replaces_nothing(expression: str) -> None:
    found = specify(run(plan=script(("http_req_duration", expression))), SHIPPED, "LT-9")
    timed = [o for o in found.objectives if o.selector.metric == "http_req_duration"]
    assert len(timed) == 3


def test_script_limits_hold_for_every_stage() -> None:
    found = specify(run(plan=script(("http_req_duration", "p(95)<3000"))), SHIPPED, "ST-9")
    timed = {
        (o.selector.phase, o.selector.stat): o.target[0].limit
        for o in found.objectives
        if o.selector.metric == "http_req_duration"
    }
    assert timed == {("stage", "p(95)"): 3.0, ("all", "p(95)"): 3.0}
    assert "grading.limits-from-script" in [note.key for note in found.notes]


def test_named_targets_stand_beside_the_scripts() -> None:
    plan = script(("http_req_duration", "p(95)<3000"))
    found = specify(run(plan=plan), SHIPPED, "LT-001")
    limits = [o.target[0].limit for o in found.objectives if o.selector.stat == "p(95)"]
    assert limits == [0.3, 3.0]


def test_script_thresholds_can_be_excluded(tmp_path: Path) -> None:
    targets = given(tmp_path, "test: A-1\nscript: exclude\n" + P95)
    found = specify(run(plan=script(("checks", "rate>0.9"))), targets, "A-1")
    assert [o.origin for o in found.objectives] == ["thresholds"]


@pytest.mark.parametrize(("metric", "replaced"), [("errorRate", True), ("okRate", False)])
def test_what_the_script_counts_as_errors_replaces_the_general_error_rate(
    metric: str, replaced: bool
) -> None:
    """A script that skips 404s on purpose must not fail for them by a limit it never set."""
    declared = SummaryMetric(metric, MetricType.RATE, Contains.DEFAULT, ())
    told = LoadSummary(REF, 60.0, (declared,), (ScriptThreshold(metric, "rate<0.05"),), ())
    for test_id, phase in (("LT-9", "all"), ("ST-9", "stage")):
        found = specify(TestRun("x", (told,), ()), SHIPPED, test_id)
        general = [o for o in found.objectives if o.selector.metric == "http_req_failed"]
        own = [o.selector.phase for o in found.objectives if o.selector.metric == metric]
        assert (not general) == replaced
        assert (phase in own) == (replaced or phase == "all")
