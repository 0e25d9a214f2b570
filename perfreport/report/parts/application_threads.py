"""What the threads did when they were dumped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.threads import Activity, ThreadDump
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell

_MOST_ROWS = 12
_SHOWN = (
    Activity.POOL_WAIT,
    Activity.DATABASE,
    Activity.CACHE,
    Activity.DOWNSTREAM,
    Activity.MESSAGING,
    Activity.LOCK_WAIT,
    Activity.RUNNING,
)


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    rows = [
        (*((name_of(test.grade),) if several else ()), *_row(test, dump))
        for test in story.tests
        for dump in test.run.of(ThreadDump)
    ]
    if not rows:
        return ()
    headings = [message("column.test")] if several else []
    headings += [message(f"column.{name}") for name in ("dump", "taken", "threads", "http-busy")]
    headings += [message(f"activity.{activity.value}") for activity in _SHOWN]
    headings.append(message("column.java-deadlocks"))
    kept = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    grid = Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        (message("part.application-threads.counted"),),
    )
    return (limited(grid, _MOST_ROWS, message("order.given")),)


def _row(test: TestAnalysis, dump: ThreadDump) -> tuple[Cell, ...]:
    busy = dump.busy_http_workers
    taken: Cell = None
    timed = test.phases.end_ns > test.phases.start_ns
    if timed and dump.time_ns is not None and dump.source.clock.correlated:
        after = (dump.time_ns - test.phases.start_ns) / NS_PER_SECOND
        if after >= 0:
            taken = message("cell.seen-once", at=Quantity(round(after), Unit.SECONDS))
        else:
            taken = message("cell.before-load")
    doing = [sum(one.activity is activity for one in busy) for activity in _SHOWN]
    workers = message("cell.of", part=len(busy), whole=len(dump.http_workers))
    path = message("cell.place", path=dump.source.path, line=dump.first_line)
    return (path, taken, len(dump.threads), workers, *doing, len(dump.deadlocks))


PLUGIN = Part(
    "application-threads",
    "application",
    40,
    message("part.application-threads.title"),
    Style.LABEL,
    _build,
)
