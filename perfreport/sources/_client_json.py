"""Result sets written as JSON: arrays of objects, one object per line, mysqlsh's wrapping."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from perfreport.sources._client_cells import is_telling
from perfreport.sources._client_output import Event, Loose, Marker, ResultRow, ResultTable
from perfreport.sources._instants import find_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = re.compile(r"[\s,\]]*")
_NEXT = re.compile(r"\n[^\n]*?(?=[{\[])")


def rows_of_json(text: str, first_line: int) -> Iterator[Event]:
    """Yield the rows of every object that looks like one; what is no JSON is loose."""
    decoder = json.JSONDecoder()
    tables: dict[tuple[str, ...], ResultTable] = {}
    position = line = 0
    line, counted = first_line, 0
    while (position := _GAP.match(text, position).end()) < len(text):  # type: ignore[union-attr]
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = _behind(text, position)
            skipped = text[position:end]
            instant = find_instant(skipped[:200])
            if instant and "{" not in skipped:
                tables.clear()
                yield Marker(instant, line)
            # The opening bracket of an array that was cut off is no loss: its rows follow.
            elif skipped.strip() not in {"", "["}:
                yield Loose(line, skipped)
            position = end
            continue
        for row in _rows(value):
            columns = tuple(name.lower() for name in row)
            table = tables.get(columns)
            if table is None:
                table = tables[columns] = ResultTable(columns, "json", line)
            yield ResultRow(table, tuple(map(_cell, row.values())), line, line)
        position = end


def _behind(text: str, position: int) -> int:
    """Where to look on after text that is no JSON: inside a cut array, else in the next line."""
    if text[position] == "[":
        return position + 1
    found = _NEXT.search(text, position)
    return found.end() if found else len(text)


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _rows(one)
    elif isinstance(value, dict):
        if is_telling(tuple(name.lower() for name in value)):
            yield value
        else:
            for name in ("rows", "data", "result", "RECORDS", "records"):
                yield from _rows(value.get(name))


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
