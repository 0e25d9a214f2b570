"""A figure is explained by what it was computed from, and a wrong one is called wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from perfreport import pipeline
from perfreport.errors import InputError, UsageError
from perfreport.explanation import Verification, explain
from perfreport.render.explanation import explanation_lines
from perfreport.render.i18n import Catalogue, languages
from perfreport.report.document import document

RUN = Path(__file__).parents[3] / "samples" / "ecommerce" / "LT-001"
RULE = "connection-leak"


@pytest.fixture(scope="module")
def saved() -> Any:
    return document(pipeline.analyze([str(RUN)]))


@pytest.fixture
def report(saved: Any, tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(saved), encoding="utf-8")
    return path


def test_every_figure_comes_out_as_saved_with_what_it_was_read_from(report: Path) -> None:
    (account,) = explain(report, RULE, [str(RUN)])
    assert account.confirmed
    assert any(figure.samples for figure in account.figures)
    lines = [line for figure in account.figures for line in figure.lines]
    assert lines
    assert all("leak" in line.text for line in lines)


def test_a_figure_that_was_changed_is_called_different(saved: Any, tmp_path: Path) -> None:
    text = json.dumps(saved)
    value = next(
        block["rows"][0][1]["value"]
        for finding in saved["tests"][0]["findings"]
        if finding["rule"] == RULE
        for block in finding["evidence"]
    )
    path = tmp_path / "report.json"
    path.write_text(text.replace(repr(value), "123.456"), encoding="utf-8")
    (account,) = explain(path, RULE, [str(RUN)])
    assert not account.confirmed
    assert account.figures[0].verification is Verification.DIFFERS


def test_files_are_found_beside_the_report_or_from_here(
    saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(InputError):
        explain(path, RULE)
    monkeypatch.chdir(RUN)
    (account,) = explain(path, RULE)
    assert account.confirmed


def test_an_unknown_finding_names_those_there_are(report: Path) -> None:
    with pytest.raises(UsageError) as caught:
        explain(report, "gc-pressure")
    assert caught.value.hint is not None
    assert RULE in dict(caught.value.hint.params)["rules"]


@pytest.mark.parametrize("text", ["", "[]", '{"tests": 3}', '{"tests": [{}]}', "null"])
def test_what_is_no_report_is_told_so(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        explain(path, RULE)


def test_it_is_spelled_in_every_language(report: Path) -> None:
    accounts = explain(report, RULE, [str(RUN)])
    for language in languages():
        text = "\n".join(explanation_lines(accounts, Catalogue(language)))
        assert re.search(r"\d\d:\d\d:\d\d\.\d{3}  \d", text)
        assert "app.log" in text
