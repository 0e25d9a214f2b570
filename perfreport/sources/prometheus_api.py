"""Answers of the Prometheus HTTP API: `query` and `query_range`, alone or one after another.

Also what `jq .data` and `jq .data.result` leave of them. A series without a name was computed by
the query, so only the query knows what it means: it is counted, not guessed at.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._json_documents import json_documents, salvaged
from perfreport.sources._metric_series import KIND, UTC, SeriesTable, timed_reading
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.sources._input import Head, Input

_RESULT = re.compile(r'"resultType"\s*:\s*"(?:matrix|vector|scalar|string)"')
_ERROR = re.compile(r'\{\s*"status"\s*:\s*"error"[^{}]{0,200}"errorType"\s*:')
_BARE = re.compile(r'^\s*\[\s*\{\s*"metric"\s*:\s*\{[^{}]*\}\s*,\s*"values?"\s*:\s*\[')
_LONGEST_ERROR = 200


def sniff(head: Head) -> float:
    """The envelope of the API, or its result list."""
    text = head.text
    if _RESULT.search(text):
        return 0.97
    return 0.95 if _ERROR.search(text) or _BARE.match(text) else 0.0


@dataclass(slots=True)
class _Answer:
    file: str  # without folder and suffix: all that tells what an unnamed series may be
    table: SeriesTable = field(default_factory=SeriesTable)
    unnamed: int = 0
    lost: int = 0
    times: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read(source: Input) -> Reading:
    """Read all answers; values are strings there, NaN among them."""
    documents = json_documents(source)
    answer = _Answer(_stem(source.name))
    for line, document in documents.documents:
        _document(document, line, source, answer)
    for line, text in documents.torn:
        objects, lost = salvaged(text, "metric")
        for entry in objects:
            _series(entry, answer)
        answer.lost += max(1, lost)
        torn = message("problem.json-cut", recovered=len(objects))
        answer.problems.append(Problem(source.name, torn, line))
    return _reading(source, answer)


def _reading(source: Input, answer: _Answer) -> Reading:
    if answer.lost and not answer.problems:
        lost = message("problem.metrics.entries", count=answer.lost)
        answer.problems.append(Problem(source.name, lost, count=answer.lost))
    notes: list[Message] = []
    if answer.unnamed:
        notes.append(message("note.metrics.unnamed", count=answer.unnamed))
    return timed_reading(
        answer.table,
        answer.times,
        dialect="prometheus-api",
        clock=UTC,
        skipped=answer.lost,
        problems=answer.problems,
        notes=notes,
    )


def _document(document: Any, line: int, source: Input, answer: _Answer) -> None:
    if isinstance(document, list):
        for entry in document:
            _document(entry, line, source, answer)
        return
    if not isinstance(document, dict):
        answer.lost += 1
    elif "metric" in document:
        _series(document, answer)
    elif document.get("status") == "error":
        answer.lost += 1
        text = str(document.get("error", ""))[:_LONGEST_ERROR]
        answer.problems.append(
            Problem(source.name, message("problem.metrics.query-error", error=text), line)
        )
    else:
        data = document.get("data", document)
        _data(data if isinstance(data, dict) else {}, answer)


def _data(data: dict[str, Any], answer: _Answer) -> None:
    result = data.get("result")
    if not isinstance(result, list):
        answer.lost += 1
    elif data.get("resultType") in {"scalar", "string"}:
        answer.table.series += 1
        answer.table.samples += 1
        answer.unnamed += 1
    else:
        for entry in result:
            _series(entry, answer)


def _series(entry: Any, answer: _Answer) -> None:
    """One element of `result`: labels with one value, several, or native histograms."""
    metric = entry.get("metric") if isinstance(entry, dict) else None
    if not isinstance(metric, dict):
        answer.lost += 1
        return
    pairs = entry.get("values")
    if pairs is None:
        pairs = [entry["value"]] if "value" in entry else []
    times, values = _samples(pairs, answer)
    table = answer.table
    table.series += 1
    table.samples += len(values)
    answer.times.update(times)
    labels = {str(key): str(value) for key, value in metric.items()}
    name = labels.pop("__name__", None)
    if name is None:
        answer.unnamed += 1
        table.unknown[answer.file] = None
        return
    track = table.track(name, labels)
    if track is None:
        return
    track.ticks.extend(times)
    track.values.extend(values)


def _samples(pairs: Any, answer: _Answer) -> tuple[array[int], array[float]]:
    times, values = array("q"), array("d")
    for pair in pairs if isinstance(pairs, list) else []:
        try:
            time, value = pair
            number = float(value)
            times.append(round(float(time) * 1000) * 1_000_000)
        except (TypeError, ValueError, OverflowError):
            answer.lost += 1
            continue
        values.append(number)
    return times, values


def _stem(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].partition(".")[0]


PLUGIN = Source(id="prometheus-api", kind=KIND, sniff=sniff, read=read)
