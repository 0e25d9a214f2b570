"""The reports that people read do not change unnoticed; see README.md beside this file."""

from __future__ import annotations

import os
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.model.grade import FailOn, Verdict
from perfreport.model.report import Companion
from perfreport.render.formats import console, markdown
from perfreport.render.i18n import Catalogue, languages
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from perfreport.model.report import Report

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REWRITE = os.environ.get("PERFREPORT_GOLDEN") == "rewrite"
FORMATS = {"report": (markdown.PLUGIN, "md"), "console": (console.PLUGIN, "txt")}
HANDMADE = {
    "handmade-everything": story.everything,
    "handmade-passed": lambda: (story.load_test(verdict=Verdict.PASS),),
    "handmade-nothing": lambda: (),
}
CASES = sorted({*HANDMADE, *(path.parent.name for path in HERE.glob("*/inputs.txt"))})


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[str, Report]:
    name: str = request.param
    if name in HANDMADE:
        tests = HANDMADE[name]()
        report = build(tests, story.intake(*tests), FailOn.FAIL, companions=tuple(Companion))
        return name, report
    from perfreport.pipeline import analyze

    inputs = (HERE / name / "inputs.txt").read_text(encoding="utf-8").split()
    with chdir(ROOT):
        return name, analyze(inputs)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", FORMATS)
def test_the_report_reads_as_before(case: tuple[str, Report], kind: str, language: str) -> None:
    name, report = case
    fmt, suffix = FORMATS[kind]
    text = fmt.render(replace(report, companions=()), Catalogue(language))
    assert isinstance(text, str)
    compare(text, name, f"{kind}.{language}.{suffix}")


@pytest.mark.parametrize("language", languages())
def test_the_companions_read_as_before(case: tuple[str, Report], language: str) -> None:
    name, report = case
    for companion in report.companions:
        text = markdown.PLUGIN.render(report.page(companion), Catalogue(language))
        assert isinstance(text, str)
        compare(text, name, f"{companion.id}.{language}.md")


def compare(text: str, name: str, file_name: str) -> None:
    golden = HERE / name / file_name
    if REWRITE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(text.encode())
        return
    if not golden.exists() or golden.read_bytes() != text.encode():
        actual = HERE / "actual" / name / file_name
        actual.parent.mkdir(parents=True, exist_ok=True)
        actual.write_bytes(text.encode())
    assert golden.exists(), "PERFREPORT_GOLDEN=rewrite makes it"
    assert text == golden.read_text(encoding="utf-8")
