"""Every endpoint over the whole run, slowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import error_rate_of, limited, seconds, tps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import LoadSlice

_MOST_ROWS = 12


def _build(test: TestAnalysis) -> Sequence[Block]:
    found = slowest(test)
    if not found:
        return ()
    failing = any(part.failed for part in found)
    names = ["endpoint", "requests", "actual-rate", "error-rate", "p50", "p95", "p99", "max"]
    if failing:
        names.append("p95-successful")
    rows = tuple(_row(part, failing=failing) for part in found)
    grid = Grid(tuple(message(f"column.{name}") for name in names), rows)
    return (limited(grid, _MOST_ROWS, message("order.p95")),)


def slowest(test: TestAnalysis) -> list[LoadSlice]:
    """Return the whole-run slice of every endpoint, slowest first."""
    found = [
        part
        for part in test.measurements.slices
        if part.phase == WHOLE_RUN and part.endpoint is not None and part.scenario is None
    ]
    return sorted(found, key=lambda part: (-(part.latency.p95 or 0.0), part.endpoint or ""))


def _row(part: LoadSlice, *, failing: bool) -> tuple[Cell, ...]:
    latency = part.latency
    row: tuple[Cell, ...] = (
        part.endpoint,
        part.requests,
        tps(part.throughput),
        error_rate_of(part),
        seconds(latency.p50),
        seconds(latency.p95),
        seconds(latency.p99),
        seconds(latency.max),
    )
    return (*row, seconds(part.latency_successful.p95)) if failing else row


PLUGIN = ChapterSection("endpoints", 60, message("chapter.endpoints.title"), _build)
