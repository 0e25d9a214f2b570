"""A comment on a pull or merge request: verdict, a row per test, what was missed, what was found.

It begins with a comment that nobody sees, by which a later run finds and replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Section, Style
from perfreport.model.finding import Role
from perfreport.model.grade import Verdict
from perfreport.model.message import message
from perfreport.render._spec import Format
from perfreport.render.formats import markdown
from perfreport.report.phrases import (
    actual,
    difference,
    error_rate_of,
    limited,
    name_of,
    objective_name,
    seconds,
    target,
    tps,
    verdict_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Cell
    from perfreport.model.grade import Grade
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

MARKER = "<!-- perfreport -->"
MOST_CHARACTERS = 65_536  # what GitHub takes; GitLab takes more
_MOST_ROWS = 12


def render(report: Report, catalogue: Catalogue) -> str:
    """Return the comment as Markdown, short enough for GitHub and GitLab."""
    sections = tuple(_sections(report))
    report = replace(report, companions=())
    while True:
        text = markdown.PLUGIN.render(replace(report, sections=sections), catalogue)
        page = f"{MARKER}\n{text if isinstance(text, str) else text.decode()}"
        if len(page) <= MOST_CHARACTERS or not sections:
            return page
        sections = sections[:-1]


def _sections(report: Report) -> Iterator[Section]:
    verdict = report.find("summary-verdict")
    if verdict is not None:
        yield verdict
    if report.tests:
        yield _label("tests", _overview(report))
    missed = tuple(_missed(report))
    if missed:
        headings = ("metric", "target", "actual", "difference", "verdict")
        columns = (message("comment.test"), *(message(f"column.{name}") for name in headings))
        rows = tuple(_missed_row(test, grade) for test, grade in missed)
        grid = limited(Grid(columns, rows), _MOST_ROWS, message("comment.order"))
        yield _label("missed", grid)
    for name in ("summary-findings", "summary-impact"):
        section = report.find(name)
        if section is not None:
            yield section


def _label(name: str, grid: Grid) -> Section:
    return Section(f"comment-{name}", message(f"comment.{name}"), Style.LABEL, (grid,))


def _overview(report: Report) -> Grid:
    headings = ("verdict", "actual-rate", "error-rate", "p95", "p99")
    columns = (message("comment.test"), *(message(f"column.{name}") for name in headings))
    rows = tuple((*_figures(test), _cause(test)) for test in report.tests)
    return Grid((*columns, message("comment.cause")), rows)


def _figures(test: TestAnalysis) -> tuple[Cell, ...]:
    whole = test.measurements.slice_of()
    return (
        name_of(test.grade),
        verdict_word(test.grade.verdict),
        tps(whole.throughput) if whole else None,
        error_rate_of(whole),
        seconds(whole.latency.p95) if whole else None,
        seconds(whole.latency.p99) if whole else None,
    )


def _cause(test: TestAnalysis) -> Cell:
    causes = (finding for finding in test.diagnosis.findings if finding.role is Role.CAUSE)
    first = next(causes, None)
    return None if first is None else first.title


def _missed(report: Report) -> Iterator[tuple[TestAnalysis, Grade]]:
    """Yield what is not met and weighs on the verdict, the worst of each test first.

    A threshold of the script that a target repeats is told once.
    """
    for test in report.tests:
        told = set()
        for grade in sorted(test.grade.grades, key=lambda grade: -grade.verdict.badness):
            objective = grade.objective
            key = (objective_name(objective), target(objective.target, objective.unit))
            if grade.counts and grade.verdict is not Verdict.PASS and key not in told:
                told.add(key)
                yield test, grade


def _missed_row(test: TestAnalysis, grade: Grade) -> tuple[Cell, ...]:
    return (
        message("report.as-code", text=test.grade.test_id),
        objective_name(grade.objective),
        target(grade.objective.target, grade.objective.unit),
        actual(grade),
        difference(grade),
        verdict_word(grade.verdict),
    )


PLUGIN = Format(id="comment", file_name="comment.md", render=render)
