r"""What the clients of a MySQL-compatible server print: result sets in any of their forms.

`mysql -B` (tabs), `-t` (boxes), `\G` (one column per line), CSV with or without header, JSON of
any client. One file may hold many result sets, with times, prompts and row counts in between.
Rows come one by one; what is a result set of interest is the caller's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from perfreport.sources._client_cells import (
    border_of,
    box_cells,
    csv_cells,
    hints_at_table,
    is_header,
    tab_cells,
)
from perfreport.sources._instants import Instant, find_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfreport.sources._input import Head, Input

Cell: TypeAlias = str | None
_LONGEST_ROW_LINES = 2_000
_VERTICAL = re.compile(r"\*{3,} *(\d+)\. row \*{3,}$")
_FIELD = re.compile(r"( *)([^\s:][^:]*?): ?")
_MARK = re.compile(
    r"^(?:#|--|==|>>|\*\*|\[|@)|^\W{0,3}\d{4}-\d\d-\d\d[T ][\d:.,]+\S*\s*$|^[A-Z][a-z]{2} "
)
_NOISE = re.compile(
    r"^\s*$|^-+$|^(?:mysql|MariaDB \[[^\]]*\]|root@\S+|\$|\s*->)[ >]|^mysql: \[Warning\]|^Warning"
    r"|^\d+ rows? in set|^Empty set|^Query OK|^Bye$|^Welcome to the|^Database changed|^Your M"
    r"|^(?:Server version|Type 'help|Copyright|Reading table information|You can turn off)"
    r"|^(?:SELECT|SHOW|USE) .*;?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class ResultTable:
    """One result set. `columns` are lower-case names, () where the client wrote none.

    `instant` is the last time written before it, None if there was none.
    """

    columns: tuple[str, ...]
    form: str  # "tsv", "table", "vertical", "csv", "json"
    line: int
    instant: Instant | None = None
    _index: dict[str, int] = field(default_factory=dict)

    def position(self, name: str) -> int | None:
        """Where a column stands, or None."""
        if not self._index:
            self._index.update({name: at for at, name in reversed([*enumerate(self.columns)])})
        return self._index.get(name)


@dataclass(frozen=True, slots=True, eq=False)
class ResultRow:
    """One row; `line` to `last_line` is where it stands."""

    table: ResultTable
    cells: tuple[Cell, ...]
    line: int
    last_line: int

    def get(self, *names: str) -> Cell:
        """Return the first of these columns that the table has; None for NULL and absent ones."""
        for name in names:
            at = self.table.position(name)
            if at is not None and at < len(self.cells):
                return self.cells[at]
        return None


@dataclass(frozen=True, slots=True)
class Marker:
    """A line between result sets that tells when the next one was taken."""

    instant: Instant
    line: int


@dataclass(frozen=True, slots=True)
class Loose:
    """A line that belongs to no result set."""

    line: int
    text: str


Event: TypeAlias = ResultRow | Marker | Loose


def read_client_output(source: Input) -> Iterator[Event]:
    """Yield the rows of every result set, the times between them, and what is neither."""
    if source.head.text.lstrip()[:1] in {"{", "["}:
        from perfreport.sources._client_json import rows_of_json

        return rows_of_json(source.text(), source.first_line)
    return _events(source.lines())


@lru_cache(maxsize=2)
def first_tables(head: Head) -> tuple[tuple[ResultTable, tuple[ResultRow, ...]], ...]:
    """Return the result sets at the beginning of a file, with their rows."""
    if not hints_at_table(head.start):
        return ()
    if head.text.lstrip()[:1] in {"{", "["}:
        from perfreport.sources._client_json import rows_of_json

        events = rows_of_json(head.text, 1)
    else:
        events = _events(enumerate(head.lines, start=1))
    found: dict[ResultTable, list[ResultRow]] = {}
    for event in events:
        if isinstance(event, ResultRow):
            found.setdefault(event.table, []).append(event)
    return tuple((table, tuple(rows)) for table, rows in found.items())


def _events(lines: Iterable[tuple[int, str]]) -> Iterator[Event]:
    reader = _Reader()
    for number, text in lines:
        yield from reader.feed(number, text)
    yield from reader.finish()


class _Reader:
    """Knows which form the lines are in; one line at a time."""

    def __init__(self) -> None:
        self._table: ResultTable | None = None
        self._delimiter = "\t"
        self._border: tuple[int, ...] = ()
        self._open: list[tuple[int, str]] = []  # lines of a row that is not complete yet
        self._fields: list[tuple[str, list[str]]] = []  # of the vertical row being read
        self._colon = 0
        self._row_line = 0
        self._last_line = 0
        self._instant: Instant | None = None
        self._vertical: ResultTable | None = None  # of the vertical rows read last

    def feed(self, number: int, text: str) -> Iterator[Event]:
        """Take one line."""
        vertical = _VERTICAL.match(text) if text.startswith("*") else None
        if vertical:
            yield from self.finish()
            if vertical[1] == "1":
                self._vertical = None
            self._table = ResultTable((), "vertical", number, self._instant)
            self._row_line, self._colon = number, 0
            self._last_line = number
            return
        if self._table is not None and self._table.form == "vertical":
            if self._vertical_line(number, text):
                return
            yield from self.finish()
        if text.startswith("+-") and (border := border_of(text)):
            if border != self._border:
                yield from self.finish()
                self._table = None
            self._border = border
            return
        if self._border and (text.startswith("|") or self._open):
            yield from self._box_line(number, text)
            return
        yield from self._delimited_line(number, text)

    def finish(self) -> Iterator[Event]:
        """End the row that is being read, if any."""
        if self._fields:
            columns = tuple(name for name, _ in self._fields)
            cells = tuple(_cell("\n".join(parts)) for _, parts in self._fields)
            table = self._vertical
            if table is None or (table.columns, table.instant) != (columns, self._instant):
                table = ResultTable(columns, "vertical", self._row_line, self._instant)
            self._vertical = table
            yield ResultRow(table, cells, self._row_line, self._last_line)
        self._fields = []
        for number, text in self._open:
            yield Loose(number, text)
        self._open = []
        self._table = None
        self._border = ()

    def _vertical_line(self, number: int, text: str) -> bool:
        r"""Take a line of a `\G` row: names are right-aligned, their colons in one column."""
        named = _FIELD.match(text)
        if named and (not self._fields or named.end(2) == self._colon):
            self._colon = named.end(2)
            self._fields.append((named[2].strip().lower(), [text[named.end() :]]))
        elif not self._fields or _NOISE.match(text) or (_MARK.match(text) and find_instant(text)):
            return False
        elif len(self._fields[-1][1]) < _LONGEST_ROW_LINES:
            self._fields[-1][1].append(text)
        self._last_line = number
        return True

    def _box_line(self, number: int, text: str) -> Iterator[Event]:
        self._open.append((number, text))
        cells = box_cells("\n".join(line for _, line in self._open), self._border)
        if cells is None and len(self._open) <= _LONGEST_ROW_LINES:
            return
        if not cells:
            for line, lost in self._open:
                yield Loose(line, lost)
            self._open = []
            return
        first = self._open[0][0]
        self._open = []
        if self._table is None or self._table.form != "table":
            columns = tuple(cell.lower() for cell in cells)
            self._table = ResultTable(columns, "table", number, self._instant)
        else:
            yield ResultRow(self._table, tuple(map(_cell, cells)), first, number)

    def _delimited_line(self, number: int, text: str) -> Iterator[Event]:
        table = self._table
        if not self._open:
            header = is_header(text)
            if header:
                self._delimiter, columns = header
                form = "tsv" if self._delimiter == "\t" else "csv"
                self._table = ResultTable(columns, form, number, self._instant)
                return
            if _MARK.match(text) and (instant := find_instant(text)):
                self._instant = instant
                self._table = None
                yield Marker(instant, number)
                return
            # A statement may also be the first cell of a row: then it is followed by others.
            inside = table is not None and self._delimiter in text and table.form != "table"
            if not inside and _NOISE.match(text):
                if text.strip():
                    self._table = None
                return
            if table is None or table.form in {"table", "vertical"}:
                table = self._headerless(number, text)
        if table is None:
            yield Loose(number, text)
            return
        yield from self._delimited_row(table, number, text)

    def _delimited_row(self, table: ResultTable, number: int, text: str) -> Iterator[Event]:
        self._open.append((number, text))
        whole = text if len(self._open) == 1 else "\n".join(line for _, line in self._open)
        if table.form == "tsv":
            cells = tab_cells(whole)
            short = len(cells) < len(table.columns)
        else:
            split = csv_cells(whole, self._delimiter)
            cells, short = split or (), split is None
        if short and len(self._open) <= _LONGEST_ROW_LINES:
            return
        first = self._open[0][0]
        if short or (table.columns and len(cells) != len(table.columns)):
            for line, lost in self._open:
                yield Loose(line, lost)
        else:
            yield ResultRow(table, cells, first, number)
        self._open = []

    def _headerless(self, number: int, text: str) -> ResultTable | None:
        """A table without names: rows of `mysql -BN` or of INTO OUTFILE."""
        if text.startswith('"') and '","' in text:
            self._delimiter = ","
            self._table = ResultTable((), "csv", number, self._instant)
        elif text.count("\t") >= 1:
            self._delimiter = "\t"
            self._table = ResultTable((), "tsv", number, self._instant)
        else:
            return None
        return self._table


def _cell(text: str) -> Cell:
    stripped = text.strip()
    return None if stripped in {"NULL", "\\N"} else stripped
