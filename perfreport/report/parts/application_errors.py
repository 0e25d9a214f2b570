"""What the application logged while the load lasted: warnings and errors by type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.applog import AppLog
from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.applog import EventGroup
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell

_MOST_ROWS = 10
_NAMES = ("level", "log-type", "log-message", "count", "seen", "place")


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    rows = [
        (*((name_of(test.grade),) if several else ()), *cells)
        for test in story.tests
        for _, cells in sorted(_rows(test), key=lambda row: -row[0])
    ]
    if not rows:
        return ()
    headings = [message("column.test")] if several else []
    headings += [message(f"column.{name}") for name in _NAMES]
    kept = [place for place in range(len(headings)) if any(row[place] is not None for row in rows)]
    grid = Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )
    return (limited(grid, _MOST_ROWS, message("order.count")),)


def _rows(test: TestAnalysis) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for log in test.run.of(AppLog):
        timed = test.phases.end_ns > test.phases.start_ns
        placed = log.source.clock.correlated and timed
        for group in log.groups:
            inside = np.ones(group.count, dtype=bool)
            if placed:
                start, end = test.phases.start_ns, test.phases.end_ns
                inside = (group.times_ns >= start) & (group.times_ns <= end)
            count = int(inside.sum())
            if count:
                yield count, _row(test, log, group, inside if placed else None, count)


def _row(
    test: TestAnalysis,
    log: AppLog,
    group: EventGroup,
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] | None,
    count: int,
) -> tuple[Cell, ...]:
    kind = group.root_cause or group.exception or group.logger
    said = group.root_template or group.template
    seen: Cell = None
    first = 0
    if inside is not None:
        first = int(np.flatnonzero(inside)[0])
        times = group.times_ns[inside]
        start = test.phases.start_ns
        begin, end = (
            Quantity(max(0, round((int(at) - start) / NS_PER_SECOND)), Unit.SECONDS)
            for at in (times.min(), times.max())
        )
        if count == 1:
            seen = message("cell.seen-once", at=begin)
        else:
            seen = message("cell.seen", first=begin, last=end)
    place = message("cell.place", path=log.source.path, line=int(group.lines[first]))
    return (group.level.name, kind.rsplit(".", 1)[-1], said or None, count, seen, place)


PLUGIN = Part(
    "application-errors",
    "application",
    50,
    message("part.application-errors.title"),
    Style.LABEL,
    _build,
)
