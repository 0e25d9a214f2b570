"""A problem is told once: what a cause explains is no problem of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.analysis import Diagnosis
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.grade import Operator, StageGrade, StageLevel, Verdict
from perfreport.model.units import Unit
from perfreport.model.validity import Validity
from perfreport.report.problems import (
    family_of,
    unexplained,
    unexplained_symptoms,
    worst_effect,
)
from tests.story import grade, load_test, objective, said

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis


def finding(rule: str, role: Role, caused_by: tuple[str, ...] = ()) -> Finding:
    return Finding(
        rule, Category.BOTTLENECK, Severity.HIGH, said(rule), said(rule), role=role,
        caused_by=caused_by,
    )  # fmt: skip


def missing(*grades: tuple[str, Unit, float]) -> TestAnalysis:
    """A test that misses objectives on these metrics, by so much."""
    test = load_test()
    missed = tuple(
        grade(objective(metric, "rate", ((Operator.LT, 1.0),), unit), 1.0 + past, Verdict.FAIL)
        for metric, unit, past in grades
    )
    return replace(
        test,
        grade=replace(test.grade, grades=missed),
        validity=Validity(test.validity.level),
        measurements=replace(test.measurements, errors=()),
        diagnosis=Diagnosis(),
    )


def diagnosed(test: TestAnalysis, *findings: Finding) -> TestAnalysis:
    return replace(test, diagnosis=Diagnosis(findings))


def metrics(test: TestAnalysis) -> list[str]:
    return [one.objective.selector.metric for one in unexplained(test)]


@pytest.mark.parametrize(
    ("metric", "unit", "rule"),
    [
        ("errorRate", Unit.RATIO, "errors-surge"),
        ("http_req_failed", Unit.RATIO, "errors-surge"),
        ("http_req_duration", Unit.SECONDS, "latency-degraded"),
        ("checkout_time", Unit.SECONDS, "latency-degraded"),
        ("kafka.consumer.lag.drain", Unit.SECONDS, "kafka-lag-surge"),
        ("hikaricp.connections.utilization", Unit.RATIO, "pool-exhausted"),
        ("http_reqs", Unit.PER_SECOND, "throughput-saturated"),
        ("throughput", Unit.PER_SECOND, "throughput-saturated"),
    ],
)
def test_an_objective_belongs_to_the_finding_that_tells_of_it(
    metric: str, unit: Unit, rule: str
) -> None:
    (one,) = missing((metric, unit, 0.1)).grade.grades
    assert rule in family_of(one.objective)


def test_two_counts_of_the_same_failures_are_one_line_the_worse() -> None:
    test = missing(("http_req_failed", Unit.RATIO, 0.1), ("errorRate", Unit.RATIO, 0.2))
    assert metrics(test) == ["errorRate"]


def test_what_a_cause_explains_is_its_effect_and_no_line_of_its_own() -> None:
    test = diagnosed(
        missing(("errorRate", Unit.RATIO, 0.2), ("cache.hit.ratio", Unit.RATIO, 0.1)),
        finding("connection-leak", Role.CAUSE),
        finding("errors-surge", Role.SYMPTOM, ("connection-leak",)),
    )
    assert metrics(test) == ["cache.hit.ratio"]
    (cause, _) = test.diagnosis.findings
    effect = worst_effect(test, cause)
    assert effect is not None
    assert effect.objective.selector.metric == "errorRate"


def test_a_symptom_without_a_cause_is_told_unless_its_objective_is() -> None:
    slow = finding("latency-degraded", Role.SYMPTOM)
    failing = finding("errors-surge", Role.SYMPTOM)
    test = diagnosed(missing(("http_req_failed", Unit.RATIO, 0.1)), slow, failing)
    assert metrics(test) == ["http_req_failed"]
    assert unexplained_symptoms(test) == [slow]


def test_what_users_feel_is_told_before_a_full_pool() -> None:
    test = diagnosed(
        missing(
            ("hikaricp.connections.utilization", Unit.RATIO, 0.5),
            ("http_req_duration", Unit.SECONDS, 0.1),
        ),
        finding("slow-query", Role.CAUSE),
        finding("pool-exhausted", Role.SYMPTOM, ("slow-query",)),
        finding("latency-degraded", Role.SYMPTOM, ("slow-query",)),
    )
    effect = worst_effect(test, test.diagnosis.findings[0])
    assert effect is not None
    assert effect.objective.selector.metric == "http_req_duration"


def test_an_objective_that_only_a_stage_missed_is_told() -> None:
    test = missing(("http_req_duration", Unit.SECONDS, 0.1))
    (grade_of_stage,) = test.grade.grades
    stage = StageGrade("stage-1", StageLevel.WARNING, Verdict.WARNING, (grade_of_stage,))
    test = replace(test, grade=replace(test.grade, grades=(), stages=(stage,)))
    assert metrics(test) == ["http_req_duration"]
