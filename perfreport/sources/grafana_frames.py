"""Data frames as Grafana's `/api/ds/query` answers them, and panel JSON of the inspector."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._exposition import parse_sample
from perfreport.sources._json_documents import json_documents
from perfreport.sources._legends import legend_signals
from perfreport.sources._metric_series import KIND, UTC, SeriesTable, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.sources._input import Head, Input

_FRAMES = re.compile(r'"schema"\s*:\s*\{(?:[^{}]|\{[^{}]*\}){0,800}"fields"\s*:\s*\[')


def sniff(head: Head) -> float:
    """Frames have a schema of fields."""
    return 0.95 if head.text.lstrip().startswith(("{", "[")) and _FRAMES.search(head.text) else 0.0


def read(source: Input) -> Reading:
    """Read every numeric field beside a time field."""
    documents = json_documents(source)
    table = SeriesTable()
    times: set[int] = set()
    fields = [
        field
        for _, document in documents.documents
        for frame in _frames(document)
        for field in _fields(frame)
    ]
    legends = legend_signals([name for name, *_ in fields])
    notes = {
        message("note.metrics.legend", legend=name, signal=legend.signal): None
        for name, legend in legends.items()
    }
    for name, labels, stamps, values in fields:
        table.series += 1
        table.samples += len(values)
        times.update(stamps)
        legend = legends.get(name)
        if legend is not None:
            track = table.track(legend.signal, labels | dict(legend.labels))
        else:
            track = table.track(name, labels) if name else None
        if track is not None:
            track.ticks.extend(stamps)
            track.values.extend(values)
    problems = [
        Problem(source.name, message("problem.json-cut", recovered=len(fields)), line)
        for line, _ in documents.torn
    ]
    return timed_reading(
        table,
        times,
        dialect="grafana-frames",
        clock=UTC,
        skipped=len(problems),
        problems=problems,
        notes=tuple(notes),
    )


def _frames(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for entry in document:
            yield from _frames(entry)
    elif isinstance(document, dict):
        if isinstance(document.get("schema"), dict) and isinstance(document.get("data"), dict):
            yield document
        else:
            for entry in document.values():
                yield from _frames(entry)


def _fields(
    frame: dict[str, Any],
) -> Iterator[tuple[str, dict[str, str], list[int], list[float]]]:
    """Name, labels, times and values of each numeric field; the name may be a legend or empty."""
    schema = frame["schema"].get("fields")
    columns = frame["data"].get("values")
    if not isinstance(schema, list) or not isinstance(columns, list):
        return
    pairs = [
        (field, column)
        for field, column in zip(schema, columns, strict=False)
        if isinstance(field, dict) and isinstance(column, list)
    ]
    stamps = next((column for field, column in pairs if field.get("type") == "time"), None)
    if stamps is None:
        return
    for field, column in pairs:
        if field.get("type") == "number":
            name, labels = _named(field, str(frame["schema"].get("name") or ""))
            samples = [
                (time, float(value))
                for stamp, value in zip(stamps, column, strict=False)
                if isinstance(value, int | float)
                and isinstance(stamp, int | float)
                and (time := epoch_ns(stamp)) is not None
            ]
            yield name, labels, [time for time, _ in samples], [value for _, value in samples]


def _named(field: dict[str, Any], frame: str) -> tuple[str, dict[str, str]]:
    raw = field.get("labels")
    labels = {str(key): str(value) for key, value in raw.items()} if isinstance(raw, dict) else {}
    if "__name__" in labels:
        return labels.pop("__name__"), labels
    config = field.get("config")
    shown = config.get("displayNameFromDS") if isinstance(config, dict) else None
    own = str(field.get("name") or "")
    text = str(shown or ("" if own.lower() == "value" else own) or frame)
    if "{" in text and (parsed := parse_sample(f"{text} 0")):
        return parsed[0], labels | parsed[1]
    return text, labels


PLUGIN = Source(id="grafana-frames", kind=KIND, sniff=sniff, read=read)
