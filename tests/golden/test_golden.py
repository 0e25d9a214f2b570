"""The reports that people read do not change unnoticed; see README.md beside this file."""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path

import pytest

from perfreport.model.grade import FailOn, Verdict
from perfreport.render.formats import console, markdown
from perfreport.render.i18n import Catalogue, languages
from perfreport.report import build
from tests import story

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
def case(request: pytest.FixtureRequest) -> tuple[str, object]:
    name: str = request.param
    if name in HANDMADE:
        tests = HANDMADE[name]()
        return name, build(tests, story.intake(*tests), FailOn.FAIL)
    from perfreport.pipeline import analyze

    inputs = (HERE / name / "inputs.txt").read_text(encoding="utf-8").split()
    with chdir(ROOT):
        return name, analyze(inputs)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", FORMATS)
def test_the_report_reads_as_before(case: tuple[str, object], kind: str, language: str) -> None:
    name, report = case
    fmt, suffix = FORMATS[kind]
    text = fmt.render(report, Catalogue(language))  # type: ignore[arg-type]
    assert isinstance(text, str)
    file_name = f"{kind}.{language}.{suffix}"
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
