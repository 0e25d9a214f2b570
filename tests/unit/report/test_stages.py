"""What is said of the limit where no stage failed."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.analysis import Diagnosis
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.report.chapter.stages import breaking_sentence
from tests.story import said, stress_test

FLAT = Finding(
    "throughput-saturated", Category.BOTTLENECK, Severity.HIGH, said("flat"), said("flat"),
    role=Role.SYMPTOM,
)  # fmt: skip


def sentence(*findings: Finding) -> str:
    test = stress_test()
    point = test.grade.breaking_point
    assert point is not None
    held = replace(test.grade, breaking_point=replace(point, phase=None))
    found = breaking_sentence(replace(test, grade=held, diagnosis=Diagnosis(findings)))
    assert found is not None
    return found.key


def test_more_load_is_asked_for_where_throughput_still_grew() -> None:
    assert sentence() == "chapter.stages.held-at"


def test_no_limit_is_denied_where_throughput_no_longer_grows() -> None:
    assert sentence(FLAT) == "chapter.stages.held-flat"
