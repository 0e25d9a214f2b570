"""A part on one resource: the files read, or those that would help; tables of its signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.document import Grid, Paragraph
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report.phrases import limited, name_of, short_title
from perfreport.signals import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import SignalStats
    from perfreport.report._spec import Story

_MOST_FILES = 6
_MOST_ROWS = 24
_METRICS = "metric-series"
_NO_FRACTION = 6  # counters are differenced as floats
_HELD = {PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY}


@dataclass(frozen=True, slots=True)
class Column:
    """A signal in a table of phases; `of` is the signal it is a share of (20/20).

    `stat`: "peak", "mean" and "minimum" over the phase, "increase" of a counter. `where`: a label
    the series must carry. `instead`: what to show where nothing was measured.
    """

    heading: str
    signal: str
    stat: str
    of: str | None = None
    where: tuple[str, str] | None = None
    instead: Column | None = None


Judge: TypeAlias = "Callable[[Callable[[str, str], float | None]], Message]"


@dataclass(frozen=True, slots=True)
class SignalTable:
    """A table of signals by phase.

    `by` is the label whose values get rows of their own. `judge` gives the last column: it asks
    for figures of the row by signal and statistic. `needs`: without one of these signals there
    is no table. `notes` stand below it.
    """

    columns: tuple[Column, ...]
    by: str | None = None
    judge: Judge | None = None
    needs: frozenset[str] = frozenset()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """What shows a resource: kinds of files, and the beginnings of the names of its signals."""

    id: str
    kinds: frozenset[str]
    signals: tuple[str, ...]


def describe(story: Story, resource: Resource) -> Sequence[Block]:
    """Name the files read; without any, say which would help."""
    paths = sorted({ref.path for ref in story.intake.sources if ref.kind in resource.kinds})
    measured = _measured(story, resource)
    if measured:
        paths += sorted({ref.path for ref in story.intake.sources if ref.kind == _METRICS})
    if not paths:
        return () if measured else (Paragraph((message(f"part.{resource.id}.missing"),)),)
    listed = message("report.codes", texts=tuple(paths[:_MOST_FILES]))
    if len(paths) > _MOST_FILES:
        more = len(paths) - _MOST_FILES
        return (Paragraph((message("part.resources.read-many", files=listed, more=more),)),)
    return (Paragraph((message("part.resources.read", files=listed),)),)


def is_shown(story: Story, resource: Resource) -> bool:
    """Whether anything tells of a resource."""
    kinds = {ref.kind for ref in story.intake.sources}
    return bool(kinds & resource.kinds) or _measured(story, resource)


def _measured(story: Story, resource: Resource) -> bool:
    return any(
        one.n and one.signal.startswith(resource.signals)
        for test in story.tests
        for one in test.measurements.signals
    )


def tabulate(
    story: Story, table: SignalTable, tests: Sequence[TestAnalysis] | None = None
) -> Sequence[Block]:
    """Show signals by test (all, or those given) and phase; nothing where none was measured."""
    tests = story.tests if tests is None else tests
    rows = [row for test in tests for row in _rows(story, test, table)]
    if not rows:
        return ()
    grid = _grid(table, rows)
    if any(_has_several(test, table) for test in tests):
        grid = replace(grid, notes=(*grid.notes, message("signal.worst-of-several")))
    return (limited(grid, _MOST_ROWS, message("order.time")),)


def _has_several(test: TestAnalysis, table: SignalTable) -> bool:
    """Whether a cell stands for the levels of several processes or hosts."""
    wanted = {
        column.signal
        for column in table.columns
        if column.stat != "increase" and _across(column.signal) in {"max", "min"}
    }
    cells = [
        (one.signal, one.phase, _label(one, table.by))
        for one in test.measurements.signals
        if one.signal in wanted and one.n and not one.since_start and not one.increase
    ]
    return len(cells) > len(set(cells))


def in_test(story: Story, test: TestAnalysis, title: Message) -> Message:
    """Name a phase, with its test where there are several."""
    if len(story.tests) == 1:
        return title
    return message("signal.in-test", test=name_of(test.grade), phase=title)


def shown_phases(test: TestAnalysis) -> Sequence[tuple[str, Message]]:
    """Name and title of the phases under a steady kind of load, else of the whole test."""
    held = [
        (phase.name, short_title(test.phases, phase))
        for phase in test.phases.phases
        if phase.kind in _HELD and phase.reached
    ]
    return held or [(WHOLE_RUN, message("signal.whole-test"))]


def _grid(table: SignalTable, rows: Sequence[tuple[Cell, ...]]) -> Grid:
    headings = [message("column.phase")]
    headings += [message(f"signal.by.{table.by}")] if table.by else []
    fixed = len(headings)
    headings += [message(f"signal.{column.heading}") for column in table.columns]
    headings += [message("column.verdict")] if table.judge else []
    kept = [
        place
        for place in range(len(headings))
        if place < fixed or any(row[place] is not None for row in rows)
    ]
    if table.by and len({row[1] for row in rows}) == 1 and rows[0][1] is None:
        kept.remove(1)
    return Grid(
        tuple(headings[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        table.notes,
    )


def _rows(story: Story, test: TestAnalysis, table: SignalTable) -> Iterator[tuple[Cell, ...]]:
    wanted = {column.signal for column in table.columns}
    stats = [one for one in test.measurements.signals if one.signal in wanted and one.n]
    if table.needs and not any(one.signal in table.needs for one in stats):
        return
    names = sorted({_label(one, table.by) for one in stats})
    for phase, title in shown_phases(test):
        for name in names:
            row = _Row(test, phase, name, table.by)
            cells = [row.cell(column) for column in table.columns]
            if any(cell is not None for cell in cells):
                identity: tuple[Cell, ...] = (name or None,) if table.by else ()
                judged = (table.judge(row.figure),) if table.judge else ()
                yield (in_test(story, test, title), *identity, *cells, *judged)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table: a phase, and the value of the label that tells rows apart."""

    test: TestAnalysis
    phase: str
    name: str
    by: str | None

    def cell(self, column: Column) -> Cell:
        value = self.value(column.signal, column.stat, column.where)
        if value is None and column.instead is not None:
            return self.cell(column.instead)
        if value is None or column.of is None:
            return value
        limit = self.value(column.of, "peak")
        if limit is None or not limit.value:
            return value
        share = Quantity(value.value / limit.value, Unit.RATIO)
        return message("signal.of", value=value, limit=limit, share=share)

    def figure(self, signal: str, stat: str) -> float | None:
        value = self.value(signal, stat)
        return None if value is None else value.value

    def value(
        self, signal: str, stat: str, where: tuple[str, str] | None = None
    ) -> Quantity | None:
        """Return one figure: the highest peak, the sum of increases, the mean of all."""
        found = [
            one
            for one in self.test.measurements.signals
            if one.signal == signal
            and one.phase == self.phase
            and _label(one, self.by) == self.name
            and (where is None or where in one.labels)
            and not one.since_start
        ]
        known = [(one, value) for one in found if (value := getattr(one, stat)) is not None]
        if not known:
            return None
        values = [value for _, value in known]
        unit = known[0][0].unit
        if stat == "increase":
            return Quantity(round(sum(values), _NO_FRACTION), Unit.COUNT)
        if stat == "peak":
            return Quantity(max(values), unit)
        if stat == "minimum":
            return Quantity(min(values), unit)
        return Quantity(_mean(known), unit)


def _mean(known: Sequence[tuple[SignalStats, float]]) -> float:
    """The mean of timers weighted by what they counted, the sum of what adds up, else the worst."""
    counts = [one.increase for one, _ in known]
    if all(counts) and known[0][0].unit is Unit.SECONDS:
        return sum(value * (one.increase or 0.0) for one, value in known) / sum(
            filter(None, counts)
        )
    values = [value for _, value in known]
    across = _across(known[0][0].signal)
    return sum(values) if across == "sum" else min(values) if across == "min" else max(values)


def _across(signal: str) -> str:
    specs = catalogue()
    return (specs.derived.get(signal) or specs.signals[signal]).across


def _label(one: SignalStats, by: str | None) -> str:
    return dict(one.labels).get(by, "") if by else ""
