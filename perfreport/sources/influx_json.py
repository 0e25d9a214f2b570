"""InfluxDB v1 query answers as JSON: one or several statements, chunks, any epoch precision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._influx_fields import InfluxFields, tag_names
from perfreport.sources._instants import find_instant
from perfreport.sources._json_documents import json_documents, salvaged
from perfreport.sources._metric_series import KIND, UTC, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_RESULTS = re.compile(r'\{\s*"results"\s*:\s*\[\s*\{(?:\s*"statement_id"\s*:|\s*"series"\s*:)')
_ERROR = re.compile(r'^\s*\{\s*"error"\s*:\s*"[^"]*"\s*\}\s*$')
_LONGEST_ERROR = 200


def sniff(head: Head) -> float:
    """`results` that hold statements with series; a bare error answer is weaker a sign."""
    if _RESULTS.search(head.text):
        return 0.97
    return 0.5 if _ERROR.match(head.text) else 0.0


def read(source: Input) -> Reading:
    """Read all statements of all documents; chunks of one series go on where they stopped."""
    documents = json_documents(source)
    fields = InfluxFields()
    problems: list[Problem] = []
    lost = 0
    for line, document in documents.documents:
        for error in _errors(document):
            said = message("problem.metrics.query-error", error=error[:_LONGEST_ERROR])
            problems.append(Problem(source.name, said, line))
            lost += 1
        for series in _series(document):
            lost += _read_series(series, fields)
    for line, text in documents.torn:
        whole, broken = salvaged(text, "name")
        lost += max(1, broken)
        problems.append(
            Problem(source.name, message("problem.json-cut", recovered=len(whole)), line)
        )
        for series in whole:
            lost += _read_series(series, fields)
    if lost and not problems:
        said = message("problem.metrics.entries", count=lost)
        problems.append(Problem(source.name, said, count=lost))
    return timed_reading(
        fields.table,
        fields.times,
        dialect="influxdb-v1-json",
        clock=UTC,
        skipped=lost,
        problems=problems,
    )


def _errors(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return []
    results = document.get("results")
    candidates = [document, *(results if isinstance(results, list) else [])]
    return [str(one["error"]) for one in candidates if isinstance(one, dict) and "error" in one]


def _series(document: Any) -> list[Any]:
    if isinstance(document, list):
        return [one for entry in document for one in _series(entry)]
    results = document.get("results") if isinstance(document, dict) else None
    found: list[Any] = []
    for result in results if isinstance(results, list) else []:
        series = result.get("series") if isinstance(result, dict) else None
        found += series if isinstance(series, list) else []
    return found


def _read_series(series: Any, fields: InfluxFields) -> int:
    """Read one series; return how many of its rows were lost."""
    if not isinstance(series, dict) or not isinstance(series.get("columns"), list):
        return 1
    columns = [str(column) for column in series["columns"]]
    tags = series.get("tags")
    fixed = {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}
    name = str(series.get("name", ""))
    lost = 0
    rows = series.get("values")
    for row in rows if isinstance(rows, list) else []:
        lost += not _read_row(name, fixed, columns, row, fields)
    return lost


def _read_row(
    name: str, fixed: dict[str, str], columns: list[str], row: Any, fields: InfluxFields
) -> bool:
    if not isinstance(row, list) or len(row) != len(columns):
        return False
    time_ns = None
    tags = dict(fixed)
    figures: dict[str, float] = {}
    for column, value in zip(columns, row, strict=True):
        if column == "time":
            time_ns = _time_ns(value)
        elif isinstance(value, str) or column in tag_names():
            tags[column] = str(value)
        elif value is None:
            figures[column] = float(np.nan)
        elif isinstance(value, int | float):
            figures[column] = float(value)
    if time_ns is None:
        return False
    fields.add(name, tags, figures, time_ns)
    return True


def _time_ns(value: Any) -> int | None:
    if isinstance(value, str):
        found = find_instant(value)
        return found.ns if found else None
    return epoch_ns(value) if isinstance(value, int | float) else None


PLUGIN = Source(id="influx-json", kind=KIND, sniff=sniff, read=read)
