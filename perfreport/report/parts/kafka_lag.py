"""How the lag of every consumer group came and went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.kafka import lag_courses
from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit, per_second, seconds
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.kafka import LagCourse
    from perfreport.model.message import Message

_MOST_ROWS = 12
_SLOWER = 1.5  # times as long as the consumers would need for the peak lag
_STILL = 0.1  # of what is consumed: messages keep coming in
_NAMES = (
    "group", "lag-before", "lag-after-spike", "lag-peak", "lag-peak-at", "lag-at-end",
    "lag-drained",
)  # fmt: skip


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    known = [
        (test, course) for test in story.tests for course in lag_courses(test.run, test.phases)
    ]
    if not known:
        return ()
    rows = [(*((name_of(test.grade),) if several else ()), *_row(course)) for test, course in known]
    headings = [message("column.test")] if several else []
    headings += [message(f"column.{name}") for name in _NAMES]
    if any(course.after_spike is not None for _, course in known):
        headings[headings.index(message("column.lag-before"))] = message("column.lag-before-spike")
    kept = [place for place in range(len(headings)) if any(row[place] is not None for row in rows)]
    slow = [said for _, course in known if (said := _slowly(course)) is not None]
    grid = Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        (message("part.kafka-lag.drained"), *dict.fromkeys(slow)),
    )
    return (limited(grid, _MOST_ROWS, message("order.name")),)


def _slowly(course: LagCourse) -> Message | None:
    """Say why a lag took longer to go away than its consumers would need for it."""
    taken, drained, draining = course.consumed, course.drained_after, course.draining
    if not taken or not drained or draining is None:
        return None
    needed = course.peak / taken
    if drained < _SLOWER * needed:
        return None
    consumed, produced = draining
    still = produced >= _STILL * consumed
    return message(
        "part.kafka-lag.still-produced" if still else "part.kafka-lag.slower",
        needed=seconds(needed),
        drained=seconds(drained),
        consumed=per_second(taken),
        rate=per_second(produced if still else consumed),
    )


def _row(course: LagCourse) -> tuple[Cell, ...]:
    return (
        course.group,
        _count(course.before),
        _count(course.after_spike),
        _count(course.peak),
        _peak_at(course),
        _count(course.at_end),
        _drained(course),
    )


def _peak_at(course: LagCourse) -> Cell:
    if course.peak_after is None:
        return None
    return message("cell.seen-once", at=Quantity(round(course.peak_after), Unit.SECONDS))


def _drained(course: LagCourse) -> Cell:
    if course.drained_after is not None:
        return Quantity(round(course.drained_after, 1), Unit.SECONDS)
    if course.last_after is None or course.last_after <= 0:
        return None  # not watched after the load
    watched = Quantity(round(course.last_after), Unit.SECONDS)
    return message("cell.not-drained", watched=watched, remaining=course.last)


def _count(value: float | None) -> Cell:
    return None if value is None else Quantity(value, Unit.COUNT)


PLUGIN = Part("kafka-lag", "kafka", 40, message("part.kafka-lag.title"), Style.LABEL, _build)
