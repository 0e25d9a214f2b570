"""Tables and indexes that transactions were seen waiting on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.sql import hotspots
from perfreport.model.document import Grid, Style
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.statement import LockHotspot

_MOST_ROWS = 8
_NAMES = ("table", "index", "looks", "waiters-mean", "waiters-max", "records", "longest", "blocker")


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    rows: list[tuple[Cell, ...]] = []
    for test in story.tests:
        identity = (name_of(test.grade),) if several else ()
        rows += [
            (*identity, *_row(spot))
            for spot in hotspots(test.run, test.phases)
            if spot.phase == WHOLE_RUN
        ]
    if not rows:
        return ()
    headings = [message("column.test")] if several else []
    headings += [message(f"column.lock-{name}") for name in _NAMES]
    grid = Grid(tuple(headings), tuple(rows))
    return (limited(grid, _MOST_ROWS, message("order.waiters")),)


def _row(spot: LockHotspot) -> tuple[Cell, ...]:
    blocker = spot.root_statements[0][0] if spot.root_statements else None
    return (
        spot.table,
        spot.index,
        message("cell.of", part=spot.busy_samples, whole=spot.samples),
        round(spot.waiters_mean, 1),
        spot.waiters_max,
        spot.records,
        seconds(spot.longest_wait),
        blocker,
    )


PLUGIN = Part(
    "database-locks", "database", 30, message("part.database-locks.title"), Style.LABEL, _build
)
