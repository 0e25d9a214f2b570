"""Failed requests by kind, and HTTP statuses that the script took as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph
from perfreport.model.message import Message, message
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import limited, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import ErrorRow, StatusRow

_MOST_ROWS = 10
_FIRST_ERROR_STATUS = 400


def _build(test: TestAnalysis) -> Sequence[Block]:
    blocks: list[Block] = []
    errors = sorted(test.measurements.errors, key=lambda row: (-row.count, row.first_ns))
    if errors:
        total = sum(row.count for row in errors)
        names = ("error", "status", "count", "share", "endpoint-example", "scenario", "seen")
        rows = tuple(_row(test, row, total) for row in errors)
        grid = Grid(tuple(message(f"column.{name}") for name in names), rows)
        blocks.append(limited(_without_empty(grid), _MOST_ROWS, message("order.count")))
    tolerated = [row for row in test.measurements.statuses if _is_tolerated(row)]
    if tolerated:
        blocks.append(Paragraph((_tolerated(tolerated),)))
    return blocks


def _row(test: TestAnalysis, row: ErrorRow, total: int) -> tuple[Cell, ...]:
    return (
        error_name(row),
        int(row.status) if row.status and row.status.isdigit() and row.status != "0" else None,
        row.count,
        ratio(row.count / total),
        row.endpoint,
        row.scenario,
        _seen(test, row),
    )


def error_name(row: ErrorRow) -> Message:
    """Return what readers call an error: k6's text, else the status, else k6's code."""
    if row.error:
        return message("report.as-code", text=row.error)
    if row.status not in {None, "0", ""}:
        return message("chapter.errors.http", status=str(row.status))
    if row.error_code:
        return message("chapter.errors.code", code=row.error_code)
    return message("chapter.errors.unnamed")


def _seen(test: TestAnalysis, row: ErrorRow) -> Message:
    start = test.phases.start_ns
    first, last = (
        Quantity(max(0, round((at - start) / NS_PER_SECOND)), Unit.SECONDS)
        for at in (row.first_ns, row.last_ns)
    )
    if row.count == 1:
        return message("cell.seen-once", at=first)
    return message("cell.seen", first=first, last=last)


def _without_empty(grid: Grid) -> Grid:
    """Leave out columns in which no row has anything."""
    keep = [place for place in range(len(grid.headings)) if any(row[place] for row in grid.rows)]
    return Grid(
        tuple(grid.headings[place] for place in keep),
        tuple(tuple(row[place] for place in keep) for row in grid.rows),
    )


def _is_tolerated(row: StatusRow) -> bool:
    return row.expected > 0 and row.status.isdigit() and int(row.status) >= _FIRST_ERROR_STATUS


def _tolerated(rows: Sequence[StatusRow]) -> Message:
    worst = max(rows, key=lambda row: (row.expected, row.status))
    return message(
        "chapter.errors.tolerated",
        count=sum(row.expected for row in rows),
        statuses=tuple(sorted({row.status for row in rows})),
        endpoint=worst.endpoint or worst.status,
    )


PLUGIN = ChapterSection("errors", 70, message("chapter.errors.title"), _build)
