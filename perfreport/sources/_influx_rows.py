"""Rows of InfluxDB v1 in text: `name`, one cell of tags or tags as columns, `time`, fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._influx_fields import InfluxFields, as_number, tag_names
from perfreport.sources._instants import find_instant
from perfreport.sources._metric_times import epoch_ns

if TYPE_CHECKING:
    from collections.abc import Sequence

_ESCAPED = re.compile(r"\\(.)")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")


def add_row(fields: InfluxFields, name: str, columns: Sequence[str], cells: Sequence[str]) -> bool:
    """Take one row; False if it has no time or is of another width than its header."""
    if len(cells) != len(columns):
        return False
    tags: dict[str, str] = {}
    figures: dict[str, float] = {}
    time_ns = None
    for column, cell in zip(columns, cells, strict=True):
        if column == "name":
            name = cell
        elif column == "time":
            time_ns = time_of(cell)
        elif column == "tags":
            tags.update(tags_of(cell))
        else:
            number = None if column in tag_names() else as_number(cell)
            if number is None:
                tags[column] = cell
            else:
                figures[column] = number
    if time_ns is None or not name:
        return False
    fields.add(name, tags, figures, time_ns)
    return True


def time_of(cell: str) -> int | None:
    """Nanoseconds of an epoch in any precision or an RFC 3339 time."""
    text = cell.strip()
    if text.lstrip("-").isdigit():
        return epoch_ns(int(text))
    found = find_instant(text)
    return found.ns if found else None


def tags_of(cell: str) -> dict[str, str]:
    r"""Tags of one cell: `area=heap,id=G1\ Eden\ Space`, escaped over HTTP, plain from the CLI."""
    tags = {}
    for pair in _UNESCAPED_COMMA.split(cell):
        key, equals, value = pair.partition("=")
        if equals:
            tags[_ESCAPED.sub(r"\1", key.strip())] = _ESCAPED.sub(r"\1", value)
    return tags
