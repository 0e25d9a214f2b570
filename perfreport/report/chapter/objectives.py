"""The measured table: every objective with target, value, difference and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid
from perfreport.model.grade import Verdict
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import actual, difference, objective_name, target, verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.grade import Grade

_MOST_NAMES = 4
_SCRIPT = "script"


def _build(test: TestAnalysis) -> Sequence[Block]:
    grades = [grade for grade in test.grade.grades if grade.objective.origin != _SCRIPT]
    if not grades:
        return ()
    items = remarks(grades)
    return (grid(grades), *((Bullets(items),) if items else ()))


def grid(grades: Sequence[Grade]) -> Grid:
    """Return the table of objectives; columns that would be empty throughout are left out."""
    headings = ["metric", "target", "actual", "difference", "verdict", "n"]
    rows = [_row(grade) for grade in grades]
    if any(grade.measurement and grade.measurement.interval for grade in grades):
        headings.append("interval")
        rows = [(*row, _interval(grade)) for row, grade in zip(rows, grades, strict=True)]
    return Grid(tuple(message(f"column.{name}") for name in headings), tuple(rows))


def _row(grade: Grade) -> tuple[Cell, ...]:
    objective, measured = grade.objective, grade.measurement
    return (
        objective_name(objective),
        target(objective.target, objective.unit),
        actual(grade),
        difference(grade),
        verdict_word(grade.verdict),
        measured.n if measured is not None and measured.value is not None else None,
    )


def _interval(grade: Grade) -> Cell:
    measured = grade.measurement
    if measured is None or measured.interval is None or measured.value is None:
        return None
    low, high = (Quantity(end, measured.unit) for end in measured.interval)
    return message("cell.interval", low=low, high=high)


def remarks(grades: Sequence[Grade]) -> tuple[Bullet, ...]:
    """Say why something was not judged or judged otherwise; a reason that many share, once."""
    shared: dict[Message, list[Message]] = {}
    for grade in grades:
        for reason in _reasons(grade):
            shared.setdefault(reason, []).append(objective_name(grade.objective))
    return tuple(_remark(reason, list(dict.fromkeys(names))) for reason, names in shared.items())


def _remark(reason: Message, names: Sequence[Message]) -> Bullet:
    if len(names) == 1:
        return Bullet(reason, label=names[0])
    shown, more = tuple(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    if more <= 0:
        return Bullet(reason, label=message("report.listed", items=shown))
    return Bullet(reason, label=message("report.listed-more", items=shown, more=more))


def _reasons(grade: Grade) -> Iterator[Message]:
    if grade.verdict is Verdict.NO_DATA and not grade.counts:
        yield message("chapter.objectives.optional")
    elif grade.reason is not None:
        yield grade.reason
    if grade.borderline and grade.verdict is not Verdict.INCONCLUSIVE:
        yield message("chapter.objectives.borderline")


PLUGIN = ChapterSection("objectives", 30, message("chapter.objectives.title"), _build)
