"""Tables of samples: a time column beside one column per series, or a name and a value column."""

from __future__ import annotations

import csv
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.signals.catalogue import normal_form
from perfreport.sources._exposition import parse_sample
from perfreport.sources._instants import find_instant
from perfreport.sources._legends import legend_signals
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import UTC, SeriesTable, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._table_cells import cell_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.load import Tags
    from perfreport.model.message import Message
    from perfreport.sources._input import Input
    from perfreport.sources._spec import Reading

TIME_NAMES = frozenset(
    {"time", "ts", "timestamp", "date", "datetime", "time_utc", "timestamp_ms", "epoch"}
    | {"\uc2dc\uac04", "\uc2dc\uac01", "\uc77c\uc2dc", "\ub0a0\uc9dc"}
)
NAME_NAMES = frozenset({"metric", "name", "series", "signal", "measurement", "\uc9c0\ud45c"})
VALUE_NAMES = frozenset({"value", "val", "\uac12"})
_DELIMITERS = ",;\t|"
_PERCENT = 1.5  # a ratio above this was written in percent
_MOSTLY = 0.5


@dataclass(slots=True)
class Header:
    """What the columns of a table are."""

    columns: list[str]
    time: int
    name: int | None = None
    value: int | None = None

    @property
    def is_long(self) -> bool:
        """One row per sample, with the name of its series."""
        return self.name is not None and self.value is not None


@dataclass(slots=True)
class _Column:
    """One series as read: what it stands for is decided when all names are known."""

    times: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    united: bool = False  # cells name their units


@dataclass(slots=True)
class _Samples:
    """Samples of the whole file, whatever tables it holds, by name and labels."""

    columns: dict[tuple[str, Tags], _Column] = field(default_factory=dict)
    times: set[int] = field(default_factory=set)
    zoneless: bool = False


def delimiter_of(line: str) -> str:
    """The delimiter that splits a header into most cells; quoted ones do not count."""
    return max(_DELIMITERS, key=lambda mark: (len(split(line, mark)), -_DELIMITERS.index(mark)))


def split(line: str, delimiter: str) -> list[str]:
    """Split one row into cells."""
    return next(csv.reader([line], delimiter=delimiter), [])


def header_of(cells: list[str]) -> Header | None:
    """Recognise a header by its time column; None for any other row."""
    names = [normal_form(cell) for cell in cells]
    time = next((at for at, name in enumerate(names) if name in TIME_NAMES), None)
    if time is None or len(cells) < 2:
        return None
    name = next((at for at, one in enumerate(names) if one in NAME_NAMES), None)
    value = next((at for at, one in enumerate(names) if one in VALUE_NAMES), None)
    return Header(cells, time, name, value)


def read_table(source: Input, dialect: str) -> Reading:
    """Read every table of the file; a new header begins a new one."""
    samples = _Samples()
    losses = Losses(source.name)
    header: Header | None = None
    delimiter = ""
    rows: list[tuple[int, list[str]]] = []
    for number, line in source.lines():
        if not line.strip():
            continue
        if line[:4].lower() == "sep=" and not delimiter:
            delimiter = line[4:5]
            continue
        mark = delimiter or delimiter_of(line)
        cells = split(line, mark)
        found = header_of(cells) if header is None or _numberless(cells) else None
        if found is not None:
            _take(samples, header, rows, delimiter, losses)
            header, delimiter, rows = found, mark, []
        elif header is None:
            losses.add(number)
        else:
            rows.append((number, cells))
    _take(samples, header, rows, delimiter, losses)
    table, notes = _resolved(samples, _stem(source.name))
    clock = Clock(ClockKind.UNKNOWN, reason=message("clock.no-zone")) if samples.zoneless else UTC
    return timed_reading(
        table,
        samples.times,
        dialect=dialect,
        clock=clock,
        skipped=losses.count,
        problems=losses.problems(),
        notes=notes,
    )


def _stem(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].partition(".")[0]


def _numberless(cells: list[str]) -> bool:
    return not any(re.fullmatch(r"\s*[-+]?\d[\d.,]*\s*", cell) for cell in cells)


def _take(
    samples: _Samples,
    header: Header | None,
    rows: list[tuple[int, list[str]]],
    delimiter: str,
    losses: Losses,
) -> None:
    if header is None:
        return
    comma = delimiter in {";", "\t"} and _writes_decimal_comma(rows, header)
    labels = set() if header.is_long else _label_columns(header, rows, comma)
    for number, cells in rows:
        time_ns = _time_ns(samples, cells[header.time]) if len(cells) > header.time else None
        if time_ns is None or len(cells) != len(header.columns):
            losses.add(number)
            continue
        samples.times.add(time_ns)
        for name, tags, text in _cells(header, labels, cells):
            value = cell_value(text, comma)
            if value is None:
                losses.add(number)
            elif not np.isnan(value[0]):  # a join leaves holes, not values
                column = samples.columns.setdefault((name, tags), _Column())
                column.times.append(time_ns)
                column.values.append(value[0])
                column.united |= value[1]


def _cells(header: Header, labels: set[int], cells: list[str]) -> Iterator[tuple[str, Tags, str]]:
    if header.name is not None and header.value is not None:
        own = {header.time, header.name, header.value}
        tags = tuple((header.columns[at], cell) for at, cell in enumerate(cells) if at not in own)
        yield cells[header.name], tags, cells[header.value]
        return
    tags = tuple((header.columns[at], cells[at]) for at in sorted(labels))
    for at, column in enumerate(header.columns):
        if at != header.time and at not in labels:
            yield column, tags, cells[at]


def _resolved(samples: _Samples, stem: str) -> tuple[SeriesTable, tuple[Message, ...]]:
    """Map every column onto its signal; names that people chose are read together."""
    table = SeriesTable()
    table.series = len(samples.columns)
    table.samples = sum(len(column.values) for column in samples.columns.values())
    named = {key: _name_and_labels(*key) for key in samples.columns}
    legends = legend_signals([name for name, _ in named.values()])
    notes: dict[Message, None] = {}
    for key in sorted(samples.columns):
        column = samples.columns[key]
        name, labels = named[key]
        legend = legends.get(name)
        if legend is not None:
            notes[message("note.metrics.legend", legend=name, signal=legend.signal)] = None
            track = table.track(legend.signal, labels | dict(legend.labels))
        elif name:
            track = table.track(name, labels)
        else:
            table.unknown[stem] = None
            continue
        if track is None:
            continue
        scale = 1.0
        if column.united:
            scale = 1 / track.resolved.scale  # the cells are in base units already
        elif track.resolved.spec.unit is Unit.RATIO and max(column.values) > _PERCENT:
            scale = 0.01
            notes[message("note.metrics.percent", column=key[0])] = None
        track.ticks.extend(column.times)
        track.values.extend(value * scale for value in column.values)
    return table, tuple(notes)


def _name_and_labels(column: str, tags: Tags) -> tuple[str, dict[str, str]]:
    """The name is empty where a query left labels only, or nothing but "Value"."""
    text = column.strip()
    labels = dict(tags)
    if "{" in text:
        parsed = parse_sample(f"{text} 0")
        if parsed is not None:
            return parsed[0], labels | parsed[1]
        return "", labels
    return ("" if normal_form(text) in VALUE_NAMES else text), labels


def _time_ns(samples: _Samples, text: str) -> int | None:
    stripped = text.strip()
    if re.fullmatch(r"\d{10,19}(?:\.\d+)?", stripped):
        return epoch_ns(float(stripped) if "." in stripped else int(stripped))
    found = find_instant(stripped)
    if found is None:
        return None
    samples.zoneless |= not found.zoned
    return found.ns


def _writes_decimal_comma(rows: list[tuple[int, list[str]]], header: Header) -> bool:
    cells = [cell for _, row in rows[:200] for at, cell in enumerate(row) if at != header.time]
    return any(re.search(r"\d,\d", cell) for cell in cells) and not any(
        re.search(r"\d\.\d", cell) for cell in cells
    )


def _label_columns(header: Header, rows: list[tuple[int, list[str]]], comma: bool) -> set[int]:
    """Columns whose cells are mostly words."""
    found = set()
    for at in range(len(header.columns)):
        cells = [row[at] for _, row in rows[:200] if len(row) > at and row[at].strip()]
        words = sum(cell_value(cell, comma) is None for cell in cells)
        if at != header.time and cells and words > _MOSTLY * len(cells):
            found.add(at)
    return found
