"""Spring Boot actuator `/metrics/<name>` answers: one, many in a row, an array, keyed by name.

A value is the sum over every tag that was not drilled down; a tag with one value only is known all
the same. Times come from lines between the answers, or from the process' own start and uptime.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from perfreport.model.message import message
from perfreport.model.signal import Part, SignalKind
from perfreport.model.source import Problem
from perfreport.sources._exposition import Exposition
from perfreport.sources._json_documents import json_documents, salvaged
from perfreport.sources._metric_series import KIND, SeriesTable
from perfreport.sources._metric_times import separating_instant
from perfreport.sources._scrapes import placed
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.signals import ResolvedName
    from perfreport.sources._input import Head, Input

_ANSWER = re.compile(
    r'"name"\s*:\s*"[\w.]+"[^{}]{0,600}"measurements"\s*:\s*\[\s*\{\s*"statistic"\s*:'
)
_INDEX = re.compile(r'^\s*\{\s*"names"\s*:\s*\[\s*"[a-z][\w.]*"')
_PARTS = {
    "VALUE": Part.VALUE,
    "COUNT": Part.COUNT,
    "TOTAL_TIME": Part.TOTAL,
    "TOTAL": Part.TOTAL,
    "MAX": Part.MAX,
    "ACTIVE_TASKS": Part.VALUE,
}
_SCALES = {"milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}


def sniff(head: Head) -> float:
    """A name with measurements by statistic; the index of names has no values in it."""
    if _ANSWER.search(head.text):
        return 0.97
    return 0.6 if _INDEX.match(head.text) else 0.0


def read(source: Input) -> Reading:
    """Read all answers; a name that comes again begins the next round."""
    documents = json_documents(source)
    found = Exposition(SeriesTable(), sizes=[0])
    rounds = _Rounds(found)
    for (_, document), before in zip(documents.documents, documents.before, strict=True):
        for text in before.splitlines():
            rounds.line_between(text)
        for answer in _answers(document):
            rounds.answer(answer)
    problems = []
    for line, rest in documents.torn:
        whole, _ = salvaged(rest, "name")
        for answer in (one for document in whole for one in _answers(document)):
            rounds.answer(answer)
        said = message("problem.json-cut", recovered=len(whole))
        problems.append(Problem(source.name, said, line))
    found.table.samples = sum(found.sizes)
    found.table.series = len(rounds.seen)
    notes = [message("note.metrics.summed", count=rounds.summed)] if rounds.summed else []
    return placed(source, found, "actuator", problems, notes)


class _Rounds:
    """Answers sorted into rounds, as scrapes are."""

    def __init__(self, found: Exposition) -> None:
        self._found = found
        self._round = 0
        self._in_round: set[tuple[str, str]] = set()
        self._separated = False
        self.seen: set[tuple[str, str, str]] = set()
        self.summed = 0

    def line_between(self, line: str) -> None:
        time = separating_instant(line) if line.strip() else None
        if time is not None:
            if self._found.sizes[self._round]:
                self._next_round()
            self._separated = True
            self._found.separators[self._round] = time

    def answer(self, answer: Any) -> None:
        name = str(answer["name"])
        tags = {
            str(tag.get("tag")): [str(value) for value in _listed(tag.get("values"))]
            for tag in _listed(answer.get("availableTags"))
            if isinstance(tag, dict)
        }
        identity = (name, str(sorted(tags)))
        if identity in self._in_round and not self._separated:
            self._next_round()
        self._in_round.add(identity)
        labels = {tag: values[0] for tag, values in tags.items() if len(values) == 1}
        resolved = self._found.table.resolve(name)
        scale = _SCALES.get(str(answer.get("baseUnit")), 1.0)
        kept = False
        for statistic, value in _measurements(answer):
            self._found.sizes[self._round] += 1
            self.seen.add((*identity, statistic))
            part = _part(resolved, statistic)
            if resolved is None or part is None:
                continue
            track = self._found.table.track(name, labels, part, scale)
            if track is not None:
                track.ticks.append(self._round)
                track.values.append(value)
                kept = True
        self.summed += kept and any(len(values) > 1 for values in tags.values())

    def _next_round(self) -> None:
        self._round += 1
        self._found.sizes.append(0)
        self._in_round = set()


def _answers(document: Any) -> Iterator[Any]:
    if isinstance(document, list):
        for entry in document:
            yield from _answers(entry)
    elif isinstance(document, dict):
        if "name" in document and isinstance(document.get("measurements"), list):
            yield document
        else:
            for entry in document.values():
                if isinstance(entry, dict):
                    yield from _answers(entry)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _measurements(answer: Any) -> Iterator[tuple[str, float]]:
    for one in answer["measurements"]:
        if isinstance(one, dict) and isinstance(one.get("value"), int | float):
            yield str(one.get("statistic")).upper(), float(one["value"])


def _part(resolved: ResolvedName | None, statistic: str) -> Part | None:
    part = _PARTS.get(statistic)
    if resolved is None or part is None or resolved.spec.timed:
        return None if part is Part.VALUE and resolved and resolved.spec.timed else part
    if resolved.spec.kind is SignalKind.COUNTER:
        return Part.VALUE if part is Part.COUNT else None
    return part if part is Part.VALUE else None


PLUGIN = Source(id="actuator", kind=KIND, sniff=sniff, read=read)
