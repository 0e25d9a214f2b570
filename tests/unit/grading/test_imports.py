"""Targets written for Keptn or for k6 can be used as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.grading import load_thresholds, specify
from perfreport.model.run import TestRun
from perfreport.model.units import Unit
from perfreport.render.i18n import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

SLO = """\
spec_version: "1.0"
filter: {mz_id: "4711"}
comparison: {aggregate_function: avg, compare_with: single_result}
objectives:
  - sli: response_time_p95
    displayName: Response time
    key_sli: true
    weight: 2
    pass: [{criteria: ["<=+10%", "<600"]}]
    warning: [{criteria: ["<=800"]}]
  - sli: error_rate
    pass: [{criteria: ["<=1"]}, {criteria: ["<2"]}]
  - sli: throughput
  - sli: process.cpu.usage
    pass: [{criteria: ["<=80"]}]
total_score: {pass: "90%", warning: "75%"}
"""
OPTIONS = """\
{"vus": 5, "thresholds": {
  "http_req_duration{ name : \\"GET /x\\" }": [
    "p(95)\\u003c500", {"threshold": "avg<200", "abortOnFail": true}
  ],
  "checks": "rate>0.9"
}}
"""


def test_keptn_slo(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(SLO, encoding="utf-8")
    (targets,) = load_thresholds([tmp_path / "slo.yaml"]).given
    found = {
        (o.selector.metric, o.selector.stat): (
            [bound.limit for bound in o.target],
            [bound.limit for bound in o.warning],
        )
        for o in targets.objectives
    }
    assert found == {
        ("http_req_duration", "p(95)"): ([0.6], [0.8]),
        ("http_req_failed", "rate"): ([0.01], []),
        ("process.cpu.usage", "peak"): ([0.8], []),
    }
    said = [Catalogue("en").text(note) for note in targets.notes]
    assert len(said) == 4  # scores, a relative criterion, alternatives, an SLI without target


def test_k6_options(tmp_path: Path) -> None:
    (tmp_path / "inspect.json").write_text(OPTIONS, encoding="utf-8")
    targets = load_thresholds([tmp_path / "inspect.json"])
    (own,) = targets.given
    assert [(o.id, o.unit, o.target[0].limit) for o in own.objectives] == [
        ("http_req_duration{name:GET /x} p(95) all < 500", Unit.SECONDS, 0.5),
        ("http_req_duration{name:GET /x} avg all < 200", Unit.SECONDS, 0.2),
        ("checks rate all > 0.9", Unit.RATIO, 0.9),
    ]
    # They hold for any test that has no targets of its own.
    assert specify(TestRun("x", (), ()), targets, "SK-5").objectives == own.objectives
    assert specify(TestRun("x", (), ()), targets, "LT-001").objectives != own.objectives
