"""What a figure was read from: samples of a signal or of k6, and the raw lines of a file."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perfreport.explanation.account import RawLine, Sample
from perfreport.measure.signals import is_signal, signal_lines
from perfreport.model.load import LoadSamples
from perfreport.model.units import NS_PER_SECOND
from perfreport.redaction import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.explanation.saved import SavedReport
    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.run import TestRun
    from perfreport.model.source import Provenance

_MOST_LINES = 3
# Values of SQL statements and names of people stand in quotes; what is needed here does not.
_QUOTED = re.compile(r"'[^']*'")


def samples(run: TestRun, signals: RunSignals, place: Provenance) -> Iterator[Sample]:
    """Samples of the signal, or of the k6 metric, in the window a figure points to."""
    name = metric_of(place)
    if place.start_ns is None or place.end_ns is None or name is None:
        return
    if is_signal(name):
        for line in signal_lines(signals, name):
            inside = (line.times_ns >= place.start_ns) & (line.times_ns < place.end_ns)
            group = ", ".join(f"{key}={value}" for key, value in line.labels)
            for time, value in zip(line.times_ns[inside], line.values[inside], strict=True):
                if np.isfinite(value):
                    yield Sample(int(time), float(value), group)
        return
    load = run.one(LoadSamples)
    if load is not None and load.store.count(name):
        found = load.store.samples(name)
        inside = (found.times_ns >= place.start_ns) & (found.times_ns < place.end_ns)
        for time, value in zip(found.times_ns[inside], found.values[inside], strict=True):
            yield Sample(int(time), float(value), "")


def metric_of(place: Provenance) -> str | None:
    """The signal or metric a figure points to; None where it points to a file."""
    return place.path.split(" ")[0] if place.line is None and " " in place.path else None


@dataclass(frozen=True, slots=True)
class Files:
    """Where the lines of a file can be read again."""

    saved: SavedReport
    paths: tuple[str, ...]

    def lines(self, place: Provenance, run: TestRun) -> tuple[RawLine, ...]:
        """The raw lines a figure points to, or the first of k6's in its window."""
        name = metric_of(place)
        if place.line is not None:
            found = self._open(place.path)
            last = min(place.last_line or place.line, place.line + _MOST_LINES - 1)
            return () if found is None else tuple(_raw(found, place.line, last))
        load = run.one(LoadSamples)
        if name is None or is_signal(name) or load is None:
            return ()
        for path in load.paths:
            found = self._open(path)
            points = () if found is None else tuple(_points(found, name, place))
            if points:
                return points
        return ()

    def _open(self, name: str) -> Path | None:
        folder = self.saved.path.resolve().parent
        given = [Path(path) for path in self.paths]
        bases = [path if path.is_dir() else path.parent for path in given]
        candidates = [base / name for base in (*bases, Path.cwd(), folder, folder.parent)]
        candidates += [Path(name), *(path for path in given if path.name == Path(name).name)]
        return next((path for path in candidates if path.is_file()), None)


def _raw(path: Path, first: int, last: int) -> Iterator[RawLine]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as stream:
        for number, text in enumerate(itertools.islice(stream, first - 1, last), start=first):
            yield _line(number, text)


def _points(path: Path, metric: str, place: Provenance) -> Iterator[RawLine]:
    """The first lines of k6's JSON or CSV output that hold a sample of the metric in a window."""
    opener = gzip.open if path.suffix == ".gz" else open
    in_json, in_csv = f'"{metric}"', f"{metric},"
    shown = 0
    with opener(path, "rt", encoding="utf-8", errors="replace") as stream:
        for number, text in enumerate(stream, start=1):
            if in_json not in text and not text.startswith(in_csv):
                continue
            time = _time_ns(text)
            if time is None or not (place.start_ns or 0) <= time < (place.end_ns or 0):
                continue
            yield _line(number, text)
            shown += 1
            if shown == _MOST_LINES:
                return


def _time_ns(text: str) -> int | None:
    """Time of a point, to the second's fraction that a float keeps; None for any other line."""
    try:
        if text.startswith("{"):
            point = json.loads(text)
            if point["type"] != "Point":
                return None
            said = point["data"]["time"]
            return round(datetime.fromisoformat(said).timestamp() * NS_PER_SECOND)
        return int(text.split(",", 2)[1]) * NS_PER_SECOND
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def _line(number: int, text: str) -> RawLine:
    return RawLine(number, _QUOTED.sub("'?'", masked(text.rstrip("\r\n"))))
