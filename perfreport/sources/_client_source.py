"""What all sources share that read result sets of a database client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._client_output import (
    Loose,
    Marker,
    ResultRow,
    ResultTable,
    first_tables,
    read_client_output,
)
from perfreport.sources._foreign import Unread
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from perfreport.model.source import Problem
    from perfreport.sources._input import Head, Input
    from perfreport.sources._instants import Instant
    from perfreport.sources._spec import Segment

_CERTAIN = 0.95
_AMONG_OTHERS = 0.6


def certainty(head: Head, fits: Callable[[ResultTable, tuple[ResultRow, ...]], bool]) -> float:
    """How sure a source may be: the first result set of a file decides who reads it."""
    tables = first_tables(head)
    if tables and fits(*tables[0]):
        return _CERTAIN
    return _AMONG_OTHERS if any(fits(table, rows) for table, rows in tables) else 0.0


@dataclass(slots=True)
class ClientReading:
    """The rows of the wanted result sets of a file; everything else is left to other sources."""

    source: Input
    wants: Callable[[ResultTable], bool]
    markers: list[Marker] = field(default_factory=list)
    losses: Losses = field(init=False)
    _others: set[int] = field(default_factory=set)
    _unread: Unread = field(default_factory=Unread)
    _wanted: dict[ResultTable, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.losses = Losses(self.source.name)

    def rows(self) -> Iterator[ResultRow]:
        """Yield the rows wanted."""
        for event in read_client_output(self.source):
            if isinstance(event, ResultRow):
                wanted = self._wanted.get(event.table)
                if wanted is None:
                    wanted = self._wanted[event.table] = self.wants(event.table)
                if wanted:
                    yield event
                else:
                    self.leave((event,))
            elif isinstance(event, Marker):
                self.markers.append(event)
            elif isinstance(event, Loose):
                self._unread.add(event.line, event.text)

    def leave(self, rows: Iterable[ResultRow]) -> None:
        """Leave rows to other sources, with the line that names their columns."""
        for row in rows:
            self._others.update((row.table.line, *range(row.line, row.last_line + 1)))

    def foreign(self) -> tuple[Segment, ...]:
        """Return the lines nobody has read yet, in the order of the file."""
        if self._others:
            for number, text in self.source.lines():
                if number in self._others:
                    self._unread.add(number, text)
            self._unread.lines.sort()
        return self._unread.segments()

    def problems(self) -> tuple[Problem, ...]:
        """What was lost so far."""
        return self.losses.problems()


def number_of(cell: str | None) -> float | None:
    """Return a cell as a number; None for NULL and anything else."""
    if cell is None:
        return None
    try:
        return float(cell.replace(",", "")) if cell else None
    except ValueError:
        return None


def count_of(cell: str | None) -> int | None:
    """Return a cell as a whole number; None for NULL and anything else."""
    if cell is not None and cell.isascii() and cell.isdigit() and len(cell) <= 18:
        return int(cell)
    number = number_of(cell)
    return int(number) if number is not None and abs(number) < 1e18 else None


def instant_of(cell: str | None) -> Instant | None:
    """Return the time in a cell; None for NULL and zero dates."""
    return find_instant(cell) if cell else None


def clock_of(*, placed: bool, timed: bool) -> Clock:
    """UTC where every time has a zone; else the server's own clock, still to be aligned."""
    if placed and timed:
        return Clock(ClockKind.UTC)
    if timed:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.database-local-time"))
    return Clock(ClockKind.UNKNOWN, reason=message("clock.database-no-times"))
