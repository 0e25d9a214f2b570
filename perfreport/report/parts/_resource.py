"""A part on one resource: its key signals by phase, or the files that would show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report.phrases import limited, name_of, short_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import SignalStats
    from perfreport.model.phase import Phase
    from perfreport.report._spec import Story

_MOST_FILES = 6
_MOST_ROWS = 24
_HELD = {PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY}


@dataclass(frozen=True, slots=True)
class Column:
    """A signal in a table of phases; `of` is the signal it is a share of (20/20).

    `stat`: "peak" and "mean" over the phase, "increase" of a counter.
    """

    heading: str
    signal: str
    stat: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """What shows a resource; `by` is the label whose values get rows of their own."""

    id: str
    kinds: frozenset[str]
    columns: tuple[Column, ...]
    by: str | None = None


def describe(story: Story, resource: Resource) -> Sequence[Block]:
    """Show the key signals and name the files read; without any, say which would help."""
    rows = [row for test in story.tests for row in _rows(story, test, resource)]
    paths = sorted({ref.path for ref in story.intake.sources if ref.kind in resource.kinds})
    blocks: list[Block] = []
    if rows:
        blocks.append(limited(_grid(resource, rows), _MOST_ROWS, message("order.time")))
    if paths:
        blocks.append(Paragraph((_files(paths),)))
    return blocks or (Paragraph((message(f"part.{resource.id}.missing"),)),)


def _files(paths: Sequence[str]) -> Message:
    listed = message("report.codes", texts=tuple(paths[:_MOST_FILES]))
    if len(paths) > _MOST_FILES:
        return message("part.resources.read-many", files=listed, more=len(paths) - _MOST_FILES)
    return message("part.resources.read", files=listed)


def _grid(resource: Resource, rows: Sequence[tuple[Cell, ...]]) -> Grid:
    headings = [message("column.phase")]
    headings += [message(f"signal.by.{resource.by}")] if resource.by else []
    headings += [message(f"signal.{column.heading}") for column in resource.columns]
    fixed = len(headings) - len(resource.columns)
    kept = [
        place
        for place in range(len(headings))
        if place < fixed or any(row[place] is not None for row in rows)
    ]
    return Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _rows(story: Story, test: TestAnalysis, resource: Resource) -> Iterator[tuple[Cell, ...]]:
    wanted = {column.signal for column in resource.columns}
    stats = [one for one in test.measurements.signals if one.signal in wanted and one.n]
    names = sorted({_label(one, resource.by) for one in stats})
    for phase in test.phases.phases:
        if phase.kind not in _HELD or not phase.reached:
            continue
        for name in names:
            cells = [_cell(test, phase, name, resource, column) for column in resource.columns]
            if any(cell is not None for cell in cells):
                identity: tuple[Cell, ...] = (name or None,) if resource.by else ()
                yield (_title(story, test, phase), *identity, *cells)


def _title(story: Story, test: TestAnalysis, phase: Phase) -> Message:
    title = short_title(test.phases, phase)
    if len(story.tests) == 1:
        return title
    return message("signal.in-test", test=name_of(test.grade), phase=title)


def _label(one: SignalStats, by: str | None) -> str:
    return dict(one.labels).get(by, "") if by else ""


def _cell(test: TestAnalysis, phase: Phase, name: str, resource: Resource, column: Column) -> Cell:
    value = _value(test, phase, name, resource, column.signal, column.stat)
    if value is None or column.of is None:
        return value
    limit = _value(test, phase, name, resource, column.of, "peak")
    if limit is None or not limit.value:
        return value
    share = Quantity(value.value / limit.value, Unit.RATIO)
    return message("signal.of", value=value, limit=limit, share=share)


def _value(
    test: TestAnalysis, phase: Phase, name: str, resource: Resource, signal: str, stat: str
) -> Quantity | None:
    """Return one figure: the highest peak, the sum of increases, the mean of a lone series."""
    found = [
        one
        for one in test.measurements.signals
        if one.signal == signal
        and one.phase == phase.name
        and _label(one, resource.by) == name
        and not one.since_start
    ]
    values = [value for one in found if (value := getattr(one, stat)) is not None]
    if not values:
        return None
    if stat == "increase":
        return Quantity(sum(values), Unit.COUNT)
    if stat == "peak":
        return Quantity(max(values), found[0].unit)
    return Quantity(values[0], found[0].unit) if len(values) == 1 else None
