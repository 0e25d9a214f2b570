"""`report.json` keeps to its published schema, whatever was analysed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

import perfreport.report
from perfreport.model.grade import FailOn
from perfreport.model.report import Companion
from perfreport.pipeline import analyze
from perfreport.render.formats.json import render
from perfreport.render.i18n import Catalogue
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.report import Report

SAMPLES = Path(__file__).parents[2] / "samples"
SCHEMA = json.loads(
    Path(perfreport.report.__path__[0], "report.schema.json").read_text(encoding="utf-8")
)
ANALYSED = (
    "ecommerce/PT-001",
    "k6-json/order-load-1.1.json.gz",
    "k6-json/cut.json.gz",
    "k6-summary/thresholds-2.2.json",
    "k6-csv/seconds.csv",
)


def mistakes(report: Report) -> list[str]:
    written = json.loads(render(report, Catalogue("en")))
    found = Draft202012Validator(SCHEMA).iter_errors(written)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in found][:10]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("tests", [story.everything(), ()], ids=["everything", "nothing"])
def test_reports_made_by_hand_fit(tests: tuple[TestAnalysis, ...]) -> None:
    report = build(tests, story.intake(*tests), FailOn.FAIL, companions=tuple(Companion))
    assert mistakes(report) == []


@pytest.mark.parametrize("path", ANALYSED)
def test_reports_of_samples_fit(path: str) -> None:
    assert mistakes(analyze([str(SAMPLES / path)])) == []


def test_a_wrong_report_does_not_fit() -> None:
    """The schema tells something: an unknown verdict and a missing key are mistakes."""
    tests = story.everything()
    written = json.loads(render(build(tests, story.intake(*tests), FailOn.FAIL), Catalogue("en")))
    written["verdict"] = "FINE"
    del written["tests"][0]["window"]
    found = {fault.validator for fault in Draft202012Validator(SCHEMA).iter_errors(written)}
    assert found >= {"enum", "required"}
