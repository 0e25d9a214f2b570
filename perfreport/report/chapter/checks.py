"""k6 checks: the failing ones, or one sentence that none failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import limited, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import CheckRow

_MOST_ROWS = 8
_COLUMNS = ("check", "scenario", "passes", "fails", "failed-share")


def _build(test: TestAnalysis) -> Sequence[Block]:
    checks = test.measurements.checks
    if not checks:
        return ()
    failing = [row for row in checks if row.fails]
    total = sum(row.passes + row.fails for row in checks)
    if not failing:
        return (Paragraph((message("chapter.checks.all", kinds=len(checks), total=total),)),)
    ranked = sorted(failing, key=lambda row: (-row.fails, row.group, row.name))
    grid = Grid(
        tuple(message(f"column.{name}") for name in _COLUMNS), tuple(_row(row) for row in ranked)
    )
    return (limited(grid, _MOST_ROWS, message("order.fails")),)


def _row(row: CheckRow) -> tuple[Cell, ...]:
    group = " › ".join(part for part in row.group.split("::") if part)
    name = f"{group} › {row.name}" if group else row.name
    return (name, row.scenario, row.passes, row.fails, ratio(row.fails / (row.passes + row.fails)))


PLUGIN = ChapterSection("checks", 90, message("chapter.checks.title"), _build)
