"""Every scenario: what ran, what was dropped, how it was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import error_rate_of, limited, ratio, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import ScenarioRow

_MOST_ROWS = 10
_COLUMNS = ("scenario", "iterations", "share", "dropped", "interrupted", "requests", "error-rate")


def _build(test: TestAnalysis) -> Sequence[Block]:
    rows = [row for row in test.measurements.scenarios if row.scenario is not None]
    if len(rows) < 2:
        return ()
    total = sum(row.iterations for row in rows)
    ranked = sorted(rows, key=lambda row: (-row.iterations, row.scenario or ""))
    headings = tuple(message(f"column.{name}") for name in (*_COLUMNS, "p95", "p99"))
    grid = Grid(headings, tuple(_row(test, row, total) for row in ranked))
    return (limited(grid, _MOST_ROWS, message("order.iterations")),)


def _row(test: TestAnalysis, row: ScenarioRow, total: int) -> tuple[Cell, ...]:
    part = test.measurements.slice_of(WHOLE_RUN, row.scenario)
    latency = part.latency if part is not None else None
    return (
        row.scenario,
        row.iterations,
        ratio(row.iterations / total if total else None),
        round(row.dropped),
        row.interrupted,
        row.requests,
        error_rate_of(part),
        seconds(latency.p95 if latency is not None else None),
        seconds(latency.p99 if latency is not None else None),
    )


PLUGIN = ChapterSection("scenarios", 80, message("chapter.scenarios.title"), _build)
