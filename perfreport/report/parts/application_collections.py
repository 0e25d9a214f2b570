"""Garbage collection by phase: from the log where there is one, else from metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.document import Grid, Style
from perfreport.model.jvm import GcLog
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import (
    Column,
    SignalTable,
    in_test,
    shown_phases,
    tabulate,
)
from perfreport.report.phrases import limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.jvm import Booleans, Pauses

_MOST_ROWS = 24
_FIVE_MINUTES = 300.0
_LONG_ENOUGH = 60.0  # a collection or two in some seconds make no rate
_NAMES = ("young", "young-rate", "young-mean", "full", "full-mean", "other", "stopped")
_METRICS = SignalTable(
    (
        # Where there was no pause at all, there was no Full GC either: a log that was read says 0.
        Column(
            "gc-count",
            "jvm.gc.pause",
            "increase",
            instead=Column("gc-count", "jvm.gc.full", "increase"),
        ),
        Column(
            "gc-full",
            "jvm.gc.full",
            "increase",
            instead=Column(
                "gc-full", "jvm.gc.pause", "increase", where=("action", "end of major GC")
            ),
        ),
        Column("gc-mean", "jvm.gc.pause", "mean"),
        Column("gc-pause", "jvm.gc.pause", "peak"),
        Column("gc-share", "jvm.gc.share", "mean"),
    ),
    needs=frozenset({"jvm.gc.pause"}),
)


def _build(story: Story) -> Sequence[Block]:
    logged = [tuple(_rows(story, test)) for test in story.tests]
    others = [test for test, rows in zip(story.tests, logged, strict=True) if not rows]
    rows = [row for several in logged for row in several]
    return (*_grid(rows), *tabulate(story, _METRICS, others))


def _grid(rows: Sequence[tuple[Cell, ...]]) -> Sequence[Block]:
    if not rows:
        return ()
    headings = [message("column.phase"), *(message(f"signal.gc.{name}") for name in _NAMES)]
    kept = [place for place in range(len(headings)) if any(row[place] is not None for row in rows)]
    grid = Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )
    return (limited(grid, _MOST_ROWS, message("order.time")),)


def _rows(story: Story, test: TestAnalysis) -> Iterator[tuple[Cell, ...]]:
    logs = [log for log in test.run.of(GcLog) if log.source.clock.correlated and len(log.pauses)]
    if not logs or test.phases.end_ns <= test.phases.start_ns:
        return
    spans = {phase.name: (phase.start_ns, phase.end_ns) for phase in test.phases.phases}
    spans[WHOLE_RUN] = (test.phases.start_ns, test.phases.end_ns)
    for name, title in shown_phases(test):
        start, end = spans[name]
        row = _row(logs, start, end)
        if row is not None:
            yield (in_test(story, test, title), *row)


def _row(logs: Sequence[GcLog], start: int, end: int) -> tuple[Cell, ...] | None:
    shares = [share for log in logs if (share := log.share(start, end)) is not None]
    if not shares:
        return None
    young: list[float] = []
    full: list[float] = []
    other = 0
    for log in logs:
        pauses = log.pauses
        within = (pauses.start_ns >= start) & (pauses.start_ns < end)
        is_young = _is_young(pauses) & ~pauses.full
        young += list(pauses.seconds[within & is_young])
        full += list(pauses.seconds[within & pauses.full])
        other += int((within & ~is_young & ~pauses.full).sum())
    generational = any("Young" in phase for log in logs for phase in log.pauses.phases)
    length = (end - start) / NS_PER_SECOND
    often = round(len(young) * _FIVE_MINUTES / length, 1)
    return (
        len(young) if generational else None,
        message("signal.gc.in-five-minutes", count=often)
        if generational and length >= _LONG_ENOUGH
        else None,
        _mean(young),
        len(full),
        _mean(full),
        other or None,
        Quantity(max(shares), Unit.RATIO),
    )


def _is_young(pauses: Pauses) -> Booleans:
    """Mixed collections of G1 are young ones, too."""
    return np.array(["Young" in phase for phase in pauses.phases])[pauses.phase]


def _mean(seconds: Sequence[float]) -> Cell:
    return Quantity(float(np.mean(seconds)), Unit.SECONDS) if seconds else None


PLUGIN = Part(
    "application-collections",
    "application",
    20,
    message("part.application-collections.title"),
    Style.LABEL,
    _build,
)
