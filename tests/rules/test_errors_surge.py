"""Failures worth telling of."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.measurement import ErrorRow
from tests.rules.made import nothing
from tests.rules.served import BEGIN, Stage, findings, missing, served

RULE = "errors-surge"


def failing(*stages: Stage):
    case = served(*stages)
    row = ErrorRow("1500", None, "500", 20, "POST /api/orders", None, BEGIN, BEGIN + 10**9)
    return replace(case, measurements=replace(case.measurements, errors=(row,)))


def test_fires_from_one_percent() -> None:
    case = failing(Stage(), Stage(throughput=60, failed=30))
    (finding,) = findings(RULE, case)
    assert finding.onset_ns == case.phases.phases[1].start_ns


def test_silent_just_below() -> None:
    assert findings(RULE, failing(Stage(), Stage(throughput=100, failed=9))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
