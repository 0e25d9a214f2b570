"""A figure is explained by what it was computed from, and a wrong one is called wrong."""

from __future__ import annotations

import gzip
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
SMALL = RUN.parents[1] / "k6-runs" / "order-load"
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
    changed = json.loads(text.replace(repr(value), "123.456"))
    for finding in changed["tests"][0]["findings"]:
        finding["summary"]["params"]["more"] = 1
    path.write_text(json.dumps(changed), encoding="utf-8")
    (account,) = explain(path, RULE, [str(RUN)])
    assert not account.confirmed
    assert not account.summary_same
    assert account.figures[0].verification is Verification.DIFFERS


def test_figures_of_k6_are_shown_with_their_raw_lines(report: Path) -> None:
    accounts = explain(report, "errors-surge", [str(RUN)])
    (rate,) = [one for one in accounts[0].figures if "http_req_failed rate" in str(one.place)]
    assert len(rate.lines) == 3
    assert all('"http_req_failed"' in line.text for line in rate.lines)
    raw = raw_lines(RUN)
    assert all(raw[line.number - 1] == line.text for line in rate.lines)
    mean = sum(sample.value for sample in rate.samples) / len(rate.samples)
    assert 0 <= mean <= 1
    assert rate.left_out > 0


def raw_lines(folder: Path) -> list[str]:
    (path,) = folder.glob("results.json*")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return [line.rstrip("\n") for line in stream]


def test_a_table_is_computed_again_cell_by_cell(tmp_path: Path) -> None:
    made = document(pipeline.analyze([str(SMALL)]))
    path = tmp_path / "report.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    (account,) = explain(path, "too-few-samples", [str(SMALL)])
    assert account.confirmed
    assert any(figure.label.key == "explain.cell" for figure in account.figures)
    assert all("explain" not in line for line in explanation_lines([account], Catalogue("ko")))


def test_the_reports_own_targets_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages of the targets cut the phases, so other targets would give other figures."""
    targets = tmp_path / "targets.yaml"
    targets.write_text(
        "test: LT-777\nkind: load\nobjectives: [{metric: http_req_failed, pass: '< 1%'}]\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    made = pipeline.analyze([str(SMALL)], thresholds=[Path("targets.yaml")], test_id="LT-777")
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document(made)), encoding="utf-8")
    (account,) = explain(path, "test-data-range", [str(SMALL)])
    assert (account.test_id, account.confirmed, account.thresholds_changed) == (
        "LT-777", True, False,
    )  # fmt: skip
    targets.write_text(targets.read_text("utf-8").replace("1%", "2%"), encoding="utf-8")
    (account,) = explain(path, "test-data-range", [str(SMALL)])
    assert account.thresholds_changed
    text = "\n".join(explanation_lines([account], Catalogue("en")))
    assert "thresholds file" in text


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
