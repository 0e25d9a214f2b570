"""The thresholds that the k6 script carried: our verdict beside k6's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullets, Grid
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection
from perfreport.report.chapter.objectives import remarks
from perfreport.report.phrases import actual, limited, objective_name, target, verdict_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.grade import Grade

_MOST_ROWS = 15
_SCRIPT = "script"


def _build(test: TestAnalysis) -> Sequence[Block]:
    grades = [grade for grade in test.grade.grades if grade.objective.origin == _SCRIPT]
    if not grades:
        return ()
    told = any(grade.script_verdict is not None for grade in grades)
    names = ["metric", "target", "actual", "verdict", *(["k6-verdict"] if told else [])]
    rows = tuple(_row(grade, told=told) for grade in grades)
    grid = Grid(tuple(message(f"column.{name}") for name in names), rows)
    items = remarks(grades)
    table = limited(grid, _MOST_ROWS, message("order.script"))
    return (table, Bullets(items)) if items else (table,)


def _row(grade: Grade, *, told: bool) -> tuple[Cell, ...]:
    row: tuple[Cell, ...] = (
        objective_name(grade.objective),
        target(grade.objective.target, grade.objective.unit),
        actual(grade),
        verdict_word(grade.verdict),
    )
    if not told:
        return row
    if grade.script_verdict is None:
        return (*row, None)
    word = "passed" if grade.script_verdict else "failed"
    return (*row, message(f"chapter.script-thresholds.k6-{word}"))


PLUGIN = ChapterSection(
    "script-thresholds", 100, message("chapter.script-thresholds.title"), _build
)
