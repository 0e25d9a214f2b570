"""How the lag of every consumer group came and went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.kafka import lag_courses
from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.kafka import LagCourse

_MOST_ROWS = 12
_NAMES = ("group", "lag-before", "lag-peak", "lag-peak-at", "lag-at-end", "lag-drained")


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    rows = [
        (*((name_of(test.grade),) if several else ()), *_row(course))
        for test in story.tests
        for course in lag_courses(test.run, test.phases)
    ]
    if not rows:
        return ()
    headings = [message("column.test")] if several else []
    headings += [message(f"column.{name}") for name in _NAMES]
    note = message("part.kafka-lag.drained")
    return (
        limited(Grid(tuple(headings), tuple(rows), (note,)), _MOST_ROWS, message("order.name")),
    )


def _row(course: LagCourse) -> tuple[Cell, ...]:
    return (
        course.group,
        _count(course.before),
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
