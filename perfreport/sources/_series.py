"""Collects single readings of signals into whole series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries

if TYPE_CHECKING:
    from perfreport.model.load import Tags
    from perfreport.model.source import SourceRef
    from perfreport.model.units import Unit


class SeriesCollector:
    """Readings of signals by labels; `build` sorts them by time, the last of equal times wins."""

    def __init__(self) -> None:
        self._points: dict[tuple[str, SignalKind, Unit, Tags], dict[int, float]] = {}
        self._times: set[int] = set()

    def add(
        self,
        signal: str,
        kind: SignalKind,
        unit: Unit,
        time_ns: int,
        value: float,
        **labels: str,
    ) -> None:
        """Take one reading; NaN where the source says it does not know."""
        key = (signal, kind, unit, tuple(sorted(labels.items())))
        self._points.setdefault(key, {})[time_ns] = value

    def asked_at(self, time_ns: int) -> None:
        """Note that the source was asked at this time, whatever it answered."""
        self._times.add(time_ns)

    @property
    def signal_names(self) -> tuple[str, ...]:
        """Names of the signals that have at least one reading."""
        return tuple(sorted({signal for signal, *_ in self._points}))

    @property
    def count(self) -> int:
        """Readings taken."""
        return sum(len(points) for points in self._points.values())

    def build(self, source: SourceRef) -> Signals:
        """Return all series."""
        series = []
        for (signal, kind, unit, labels), points in sorted(self._points.items()):
            times = np.array(sorted(points), dtype=np.int64)
            values = np.array([points[time] for time in sorted(points)], dtype=np.float64)
            series.append(SignalSeries(signal, Part.VALUE, kind, unit, labels, times, values))
        return Signals(source, tuple(series), np.array(sorted(self._times), dtype=np.int64))
