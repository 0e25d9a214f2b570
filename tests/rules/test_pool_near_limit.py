"""A pool that sufficed but has no room for the next step is a risk, never a cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.diagnosis.settle import settle
from perfreport.model.finding import Category, Role
from perfreport.model.grade import TestGrade, TestKind, Verdict
from tests.rules.served import Stage, findings, missing, served

RULE = "pool-near-limit"
GRADE = TestGrade("LT-001", TestKind.LOAD, None, Verdict.PASS, ())


def used(active: float, vus: float, **more: float) -> Stage:
    held = active / vus
    return Stage(vus=vus, throughput=vus, pool=20, active=active, borrowed=vus, hold=held, **more)


def test_fires_when_the_next_step_would_use_all() -> None:
    (finding,) = findings(RULE, served(used(12, 200), used(16, 300)))  # next: 400, 16 * 4/3 > 20
    assert finding.category is Category.RISK
    assert dict(finding.summary.params)["factor"] == pytest.approx(20 / 16)


def test_fires_from_four_fifths_where_the_load_has_no_steps() -> None:
    assert findings(RULE, served(used(16, 100))) != ()
    assert findings(RULE, served(used(15.9, 100))) == ()


def test_silent_just_below_the_next_step() -> None:
    assert findings(RULE, served(used(12, 200), used(14.9, 300))) == ()


def test_silent_where_somebody_waited_already() -> None:
    waited = used(20, 300, pending=30, acquire=0.5)
    assert findings(RULE, served(used(12, 200), waited)) == ()
    assert findings(RULE, served(used(12, 200), used(19, 300, pending=1))) == ()


def test_a_risk_stands_beside_causes_and_names_nothing() -> None:
    (risk,) = findings(RULE, served(used(16, 100)))
    slow = replace(risk, rule="latency-degraded", category=Category.BOTTLENECK, role=Role.SYMPTOM)
    kafka = replace(risk, rule="kafka-consumer-slow", category=Category.BOTTLENECK)
    (_, kept) = settle((risk, slow, kafka), GRADE)
    assert kept == risk


def test_a_cause_that_fills_the_pool_explains_the_risk() -> None:
    (risk,) = findings(RULE, served(used(16, 100)))
    slow = replace(risk, rule="latency-degraded", category=Category.BOTTLENECK, role=Role.SYMPTOM)
    cause = replace(risk, rule="cpu-saturated", category=Category.BOTTLENECK)
    assert [one.rule for one in settle((risk, slow, cause), GRADE)] == [
        "cpu-saturated", "latency-degraded",
    ]  # fmt: skip


def test_not_evaluated_without_pool() -> None:
    assert missing(RULE, served(Stage())) == ("need.pool-signals",)
