"""Thresholds of the k6 script become objectives once, however many files tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perfreport.grading.script import script_objectives
from perfreport.model.grade import OnMissing
from perfreport.model.load import (
    ConsoleLog,
    Contains,
    ExitStatus,
    LoadPlan,
    LoadSamples,
    LoadSummary,
    MetricDeclaration,
    MetricType,
    ScriptThreshold,
    Submetric,
    SummaryMetric,
)
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.model.units import Unit
from perfreport.render.i18n import Catalogue
from perfreport.store import SampleStore

if TYPE_CHECKING:
    from perfreport.model.source import Fact

REF = SourceRef("results.json", "k6-json")


def run(*facts: Fact) -> TestRun:
    return TestRun("run", facts, ())


def samples(
    *declarations: MetricDeclaration, thresholds: tuple[ScriptThreshold, ...] = ()
) -> LoadSamples:
    store = SampleStore((), declarations)
    return LoadSamples(REF, store, declarations, thresholds, 0, 1, ("results.json",))


def summary(*told: ScriptThreshold, metrics: tuple[SummaryMetric, ...] = ()) -> LoadSummary:
    return LoadSummary(REF, 60.0, metrics, told, ())


def plan(*told: ScriptThreshold) -> LoadPlan:
    return LoadPlan(REF, (), told)


def test_one_threshold_of_many_spellings_is_one_objective() -> None:
    spellings = ('a{ name : "GET /x" , status:"404" }', 'a{name : "GET /x" , status:"404"}')
    (only,) = script_objectives(
        run(
            plan(ScriptThreshold(spellings[0], "p(95)  <  500")),
            summary(ScriptThreshold(spellings[1], "p(95)<500", ok=False)),
            samples(thresholds=(ScriptThreshold("a{status:404,name:GET /x}", "p(95)<500"),)),
        )
    )
    assert only.selector.where == (("name", "GET /x"), ("status", "404"))
    assert only.script_verdict is False


def test_two_generators_that_disagree_leave_k6s_verdict_open() -> None:
    (only,) = script_objectives(
        run(
            summary(ScriptThreshold("checks", "rate>0.9", ok=True)),
            summary(ScriptThreshold("checks", "rate>0.9", ok=False)),
        )
    )
    assert only.script_verdict is None


@pytest.mark.parametrize(
    ("metric", "expression", "unit", "limit"),
    [
        ("http_req_duration", "p(95)<500", Unit.SECONDS, 0.5),
        ("iterations", "rate>0.1", Unit.PER_SECOND, 0.1),
        ("http_req_failed", "rate<0.01", Unit.RATIO, 0.01),
        ("data_received", "count<1000", Unit.BYTES, 1000),
        ("order_time", "avg<200", Unit.SECONDS, 0.2),
        ("body_size", "avg<200", Unit.NONE, 200),
        ("unheard_of", "avg<200", Unit.NONE, 200),
    ],
)
def test_numbers_keep_k6s_unit(metric: str, expression: str, unit: Unit, limit: float) -> None:
    declared = (
        MetricDeclaration("order_time", MetricType.TREND, Contains.TIME),
        MetricDeclaration("body_size", MetricType.TREND, Contains.DEFAULT),
    )
    threshold = ScriptThreshold(metric, expression)
    (only,) = script_objectives(run(samples(*declared, thresholds=(threshold,))))
    assert (only.unit, only.target[0].limit) == (unit, limit)
    assert only.target_text == expression


def test_types_come_from_a_summary_too() -> None:
    metric = SummaryMetric("order_time", MetricType.TREND, Contains.TIME, ())
    told = summary(ScriptThreshold("order_time{a:b}", "avg<200"), metrics=(metric,))
    (only,) = script_objectives(run(told))
    assert (only.unit, only.target[0].limit) == (Unit.SECONDS, 0.2)


def test_a_tag_value_with_glob_characters_matches_only_itself() -> None:
    (only,) = script_objectives(run(plan(ScriptThreshold("a{name:GET /x/[1]*?}", "count>0"))))
    assert only.selector.where == (("name", "GET /x/[[]1][*][?]"),)
    assert only.title is not None
    assert "GET /x/[1]*?" in Catalogue("ko").text(only.title)


SUBMETRIC = Submetric("a{scenario:x}", (("scenario", "x"),))
OWN = Submetric("a{expected_response:true}", (("expected_response", "true"),))
DECLARED = MetricDeclaration("a", MetricType.TREND, Contains.TIME, (SUBMETRIC, OWN))


def test_a_submetric_whose_threshold_no_file_tells_is_shown() -> None:
    (untold,) = script_objectives(run(samples(DECLARED)))
    assert untold.selector.where == (("scenario", "x"),)
    assert (untold.target, untold.on_missing) == ((), OnMissing.WARN)


def test_a_plan_or_summary_tells_that_there_is_no_threshold() -> None:
    told = SummaryMetric("a{scenario:x}", MetricType.TREND, Contains.TIME, ())
    assert script_objectives(run(samples(DECLARED), plan())) == ()
    assert script_objectives(run(samples(DECLARED), summary(metrics=(told,)))) == ()


def test_what_k6_crossed_stays_failed_without_its_threshold() -> None:
    console = ConsoleLog(REF, crossed_thresholds="a{scenario:x}, checks")
    untold, unknown = script_objectives(run(samples(DECLARED), console))
    assert (untold.selector.where, untold.script_verdict) == ((("scenario", "x"),), False)
    assert (unknown.selector.metric, unknown.script_verdict) == ("checks", False)


def test_exit_code_99_counts_where_nothing_else_explains_it() -> None:
    (only,) = script_objectives(run(ExitStatus(REF, 99)))
    assert only.script_verdict is False
    told = summary(ScriptThreshold("checks", "rate>0.9", ok=False))
    (explained,) = script_objectives(run(ExitStatus(REF, 99), told))
    assert explained.selector.metric == "checks"
    assert script_objectives(run(ExitStatus(REF, 0))) == ()
