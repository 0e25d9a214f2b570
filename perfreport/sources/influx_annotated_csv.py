"""InfluxDB v2 and v3 annotated CSV, as Flux queries answer; annotations may be left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._influx_fields import InfluxFields, as_number
from perfreport.sources._influx_rows import time_of
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, timed_reading
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_ANNOTATIONS = ("#group", "#datatype", "#default")
_OWN = frozenset({"", "result", "table", "_start", "_stop", "_time", "_value", "_field"})
_ERROR = {"error", "reference"}  # a tag may be called "error", too
_LONGEST_ERROR = 200


def sniff(head: Head) -> float:
    """Annotation rows, or the header that every answer has."""
    lines = [line.strip() for line in head.lines if line.strip()]
    if not lines:
        return 0.0
    if lines[0].startswith(_ANNOTATIONS):
        return 0.97
    return 0.97 if lines[0].startswith(",result,table,") else 0.0


@dataclass(slots=True)
class _Table:
    """Header and defaults of the table being read."""

    columns: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    fresh: bool = True  # the next plain row is a header


def read(source: Input) -> Reading:
    """Read all tables; a new one begins at an annotation, a header or after a blank line."""
    fields = InfluxFields()
    losses = Losses(source.name)
    problems: list[Problem] = []
    table = _Table()
    for number, line in source.lines():
        if not line.strip():
            table = _Table()
            continue
        cells = next(csv.reader([line]), [])
        if cells[0].startswith("#"):
            if not table.fresh:
                table = _Table()
            if cells[0] == "#default":
                table.defaults = ["", *cells[1:]]
        elif table.fresh or cells == table.columns:
            table.columns, table.fresh = cells, False
        elif _ERROR.issubset(table.columns):
            error = dict(zip(table.columns, cells, strict=False)).get("error", "")
            said = message("problem.metrics.query-error", error=error[:_LONGEST_ERROR])
            problems.append(Problem(source.name, said, number))
        elif not _row(fields, table, cells):
            losses.add(number)
    return timed_reading(
        fields.table,
        fields.times,
        dialect="influxdb-v2-csv",
        clock=UTC,
        skipped=losses.count + len(problems),
        problems=(*problems, *losses.problems()),
    )


def _row(fields: InfluxFields, table: _Table, cells: list[str]) -> bool:
    if len(cells) != len(table.columns):
        return False
    defaults = table.defaults or [""] * len(cells)
    filled = [cell or default for cell, default in zip(cells, defaults, strict=False)]
    # Answers without annotations may have one cell more than columns to their left.
    row = dict(zip(table.columns, filled, strict=False))
    time_ns = time_of(row.get("_time", ""))
    measurement = row.get("_measurement", "")
    if time_ns is None or not measurement:
        return False
    tags = {
        key: value
        for key, value in row.items()
        if key not in _OWN and key != "_measurement" and not key.startswith("_")
    }
    if "_value" in row:
        number = as_number(row["_value"])
        if number is None:
            return False
        fields.add(measurement, tags, {row.get("_field") or "value": number}, time_ns)
        return True
    pivoted = {
        key: number for key, value in tags.items() if (number := as_number(value)) is not None
    }
    labels = {key: value for key, value in tags.items() if key not in pivoted}
    fields.add(measurement, labels, pivoted, time_ns)
    return True


PLUGIN = Source(id="influx-annotated-csv", kind=KIND, sniff=sniff, read=read)
