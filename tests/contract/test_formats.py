"""Every format renders every report in every language, whatever the dumps held."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from markdown_it import MarkdownIt

from perfreport.errors import ExitCode
from perfreport.model.grade import FailOn, Verdict
from perfreport.model.report import Companion
from perfreport.registry import discover
from perfreport.render import formats
from perfreport.render._spec import Format
from perfreport.render.i18n import SOURCE_LANGUAGE, Catalogue, languages
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from perfreport.model.report import Report

FORMATS = discover(formats, Format)
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
PLACEHOLDER = re.compile(r"(`?\{\{.*?\}\}`?)", re.DOTALL)
TESTS = {
    "everything": story.everything(),
    "load": (story.load_test(),),
    "passed": (story.load_test(verdict=Verdict.PASS),),
    "stress": (story.stress_test(),),
    "peak": (story.peak_test(),),
    "summary-only": (story.summary_only(),),
    "nothing": (),
}
REPORTS = {name: build(tests, story.intake(*tests), FailOn.FAIL) for name, tests in TESTS.items()}
WHOLE = build(story.everything(), story.intake(), FailOn.FAIL, companions=tuple(Companion))
PAGES = {one.id: WHOLE.page(one) for one in WHOLE.companions}
READABLE = [fmt for fmt in FORMATS if fmt.readable]


def rendered(fmt: Format, report: Report, catalogue: Catalogue) -> str:
    text = fmt.render(report, catalogue)
    return text if isinstance(text, str) else text.decode("utf-8")


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", REPORTS)
def test_every_format_speaks_every_language(fmt: Format, language: str, name: str) -> None:
    text = rendered(fmt, REPORTS[name], Catalogue(language))
    assert text.strip()
    assert text == unicodedata.normalize("NFC", text)
    assert "\x1b" not in text
    assert "\r" not in text
    assert language == SOURCE_LANGUAGE or not HANGUL.search(text)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
def test_the_same_report_gives_the_same_text(fmt: Format) -> None:
    first, second = (
        rendered(fmt, REPORTS["everything"], Catalogue(SOURCE_LANGUAGE)) for _ in range(2)
    )
    assert first == second


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A language of nonsense made from the source language's placeholders."""
    root: Path = tmp_path_factory.mktemp("templates")
    source = Catalogue(SOURCE_LANGUAGE)
    tree: dict[str, object] = {}
    for key in source.known():
        *path, last = key.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})  # type: ignore[assignment]
        node[last] = _nonsense(source.source(key))
    folder = root / "messages" / "xx"
    (folder / "findings").mkdir(parents=True)
    findings = tree.pop("findings")
    for rule, words in findings.items():  # type: ignore[attr-defined]
        _write(folder / "findings" / f"{rule}.yaml", words)
    _write(folder / "all.yaml", tree)
    return Catalogue("xx", root)


def _write(path: Path, words: object) -> None:
    path.write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")


def _nonsense(sentence: str) -> str:
    parts = PLACEHOLDER.split(sentence)
    return "".join(
        re.sub(r"\|\s*josa\([^)]*\)", "", part) if "{{" in part else "~" * min(len(part), 5)
        for part in parts
    )


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
def test_no_sentence_hides_outside_the_catalogue(fmt: Format, pseudo: Catalogue) -> None:
    assert not HANGUL.search(rendered(fmt, REPORTS["everything"], pseudo))


@pytest.mark.parametrize("fmt", READABLE, ids=lambda fmt: fmt.id)
@pytest.mark.parametrize("name", PAGES)
def test_every_companion_speaks_every_language(
    fmt: Format, name: Companion, pseudo: Catalogue
) -> None:
    for language in languages():
        text = rendered(fmt, PAGES[name], Catalogue(language))
        assert language == SOURCE_LANGUAGE or not HANGUL.search(text)
    assert not HANGUL.search(rendered(fmt, PAGES[name], pseudo))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", ["everything", *Companion])
def test_markdown_is_structure_only_where_we_made_it(language: str, name: str) -> None:
    """Hostile names give no HTML, no links, no headings; tables keep their shape."""
    fmt = next(fmt for fmt in FORMATS if fmt.id == "markdown")
    text = rendered(fmt, REPORTS.get(name) or PAGES[Companion(name)], Catalogue(language))
    assert max(map(len, text.splitlines())) < 1500
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = {child.type for token in tokens for child in token.children or ()}
    assert not inline & {"html_inline", "link_open", "image"}
    assert "html_block" not in {token.type for token in tokens}
    widths: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in {"th_open", "td_open"}:
            widths[-1] += 1
        elif token.type == "table_close":
            assert len(widths) >= 2, "a table without rows"
            assert len(set(widths)) == 1, "a row wider or narrower than its headings"
            widths = []


@pytest.mark.parametrize("language", languages())
def test_the_terminal_summary_fits(language: str) -> None:
    from rich.cells import cell_len

    fmt = next(fmt for fmt in FORMATS if fmt.id == "console")
    for report in REPORTS.values():
        for line in rendered(fmt, report, Catalogue(language)).splitlines():
            assert cell_len(line) <= 80
            assert line == line.rstrip()


@pytest.mark.parametrize(
    ("tests", "fail_on", "exit_code"),
    [
        ((story.load_test(verdict=Verdict.PASS),), FailOn.FAIL, ExitCode.PASSED),
        ((story.load_test(),), FailOn.FAIL, ExitCode.PASSED),
        ((story.load_test(),), FailOn.WARNING, ExitCode.GATE_FAILED),
        ((story.summary_only(), story.peak_test()), FailOn.FAIL, ExitCode.GATE_FAILED),
        ((story.summary_only(), story.load_test()), FailOn.FAIL, ExitCode.NOT_JUDGED),
        ((), FailOn.FAIL, ExitCode.NOT_JUDGED),
    ],
)
def test_the_gate(tests: tuple[object, ...], fail_on: FailOn, exit_code: ExitCode) -> None:
    assert build(tests, story.intake(), fail_on).exit_code == exit_code  # type: ignore[arg-type]


def test_layout_templates_hold_no_words() -> None:
    """Letters outside expressions would be prose that no language can translate."""
    root = Path(__file__).parents[2] / "templates"
    for path in sorted(root.rglob("*.j2")):
        text = re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if path.parent.name == "markdown":
            assert not re.search(r"[A-Za-z]{2}", text), path.name


def test_formats_do_not_load_the_terminal_library_early() -> None:
    """Discovering the formats must not cost the start of `--help`."""
    source = (Path(formats.__path__[0]) / "console.py").read_text(encoding="utf-8")
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [node for node in top if "rich" in ast.dump(node)]


def test_tests_that_share_an_id_are_told_apart() -> None:
    twins = (story.load_test(), story.load_test(verdict=Verdict.PASS))
    report = build(twins, story.intake(), FailOn.FAIL)
    assert [section.id for _, section in report.chapters] == ["test-1", "test-2"]
    fmt = next(fmt for fmt in FORMATS if fmt.id == "console")
    text = rendered(fmt, report, Catalogue("en"))
    assert "PASS" in text
    assert "WARNING" in text
    assert "LT-001, lt" in text
    assert [test.grade.test_id for test in report.tests] == ["LT-001", "LT-001"]
