"""What a measurement and field of InfluxDB stand for, whoever wrote them.

Micrometer's registry writes timers as fields of one measurement (milliseconds, increases per
step), Telegraf's Prometheus input writes `gauge` and `counter` fields or one measurement for all,
its other inputs write a field per figure, and a query names columns after its functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.signal import Part, SignalKind
from perfreport.model.units import Unit
from perfreport.signals import catalogue
from perfreport.sources._metric_series import SeriesTable, Track

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fields that are the measurement itself, best first where a query returns several.
_VALUE_FIELDS = ("value", "gauge", "counter", "_value", "last", "mean", "median", "max", "first")
_PARTS = {
    "count": Part.COUNT,
    "sum": Part.TOTAL,
    "upper": Part.MAX,
    "max": Part.MAX,
    "mean": Part.MEAN,
    "avg": Part.MEAN,
}
_RATES = frozenset({"derivative", "non_negative_derivative"})
_MICROMETER = "metric_type"
_PER_STEP = frozenset({Part.COUNT, Part.TOTAL})


@dataclass(slots=True)
class InfluxFields:
    """Series by measurement, tags and field."""

    table: SeriesTable = field(default_factory=SeriesTable)
    times: set[int] = field(default_factory=set)
    _tracks: dict[tuple[str, tuple[tuple[str, str], ...], str], Track | None] = field(
        default_factory=dict
    )
    _taken: set[int] = field(default_factory=set)

    def add(
        self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, float], time_ns: int
    ) -> None:
        """Take one point."""
        self.times.add(time_ns)
        identity = tuple(sorted(tags.items()))
        new = [name for name in fields if (measurement, identity, name) not in self._tracks]
        for name in sorted(new, key=_rank):
            self.table.series += 1
            self._tracks[measurement, identity, name] = self._track(measurement, tags, name)
        for name, value in fields.items():
            self.table.samples += 1
            track = self._tracks[measurement, identity, name]
            if track is not None:
                track.ticks.append(time_ns)
                track.values.append(value)

    def _track(self, measurement: str, tags: Mapping[str, str], name: str) -> Track | None:
        labels = {key: value for key, value in tags.items() if key != _MICROMETER}
        stem, part = _meaning(measurement, name)
        if stem is None:
            said = measurement if name in _VALUE_FIELDS else f"{measurement} {name}"
            self.table.unknown[said] = None
            return None
        resolved = catalogue().resolve(stem)
        micrometer = _MICROMETER in tags
        in_ms = micrometer and resolved is not None and resolved.spec.unit is Unit.SECONDS
        track = self.table.track(stem, labels, part, 1e-3 if in_ms else 1.0)
        if track is None:
            return None
        spec = track.resolved.spec
        if micrometer and (track.resolved.part in _PER_STEP or spec.kind is SignalKind.COUNTER):
            track.kind = SignalKind.DELTA
        elif name in _RATES:
            track.kind = SignalKind.RATE
        if id(track) in self._taken:
            return None  # another column of the same series says it better
        self._taken.add(id(track))
        return track


def _rank(name: str) -> int:
    return _VALUE_FIELDS.index(name) if name in _VALUE_FIELDS else -1


@cache
def _meaning(measurement: str, name: str) -> tuple[str | None, Part | None]:
    """Return the name to look up, and the part where the field tells it."""
    resolve = catalogue().resolve
    found = resolve(measurement)
    if found is not None:
        if found.spec.timed and found.part is Part.QUANTILE:  # the bare name of a timer
            if name in _PARTS:
                return measurement, _PARTS[name]
        elif name in _VALUE_FIELDS or name in _RATES:
            return measurement, None
    joined = f"{measurement}_{name}"
    if resolve(joined) is not None:
        return joined, None
    if found is None and name not in _VALUE_FIELDS and resolve(name) is not None:
        return name, None
    return None, None


@cache
def tag_names() -> frozenset[str]:
    """Names that are labels, not fields, where a dump does not tell them apart."""
    known = catalogue()
    by = {label for spec in known.signals.values() for label in spec.by}
    return frozenset(by | {"le", "quantile", "instance", "job", "application", "host", "cpu"})


def as_number(text: str) -> float | None:
    """A field of a text dump: NaN for "no value", None for what is no number."""
    stripped = text.strip()
    if stripped in {"", "null", "NULL", "<nil>", "-"}:
        return float(np.nan)
    if stripped in {"true", "t", "T", "True"}:
        return 1.0
    if stripped in {"false", "f", "F", "False"}:
        return 0.0
    try:
        return float(stripped)
    except ValueError:
        return None
