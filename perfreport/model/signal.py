"""Server-side signals: what exporters, actuators and logs say of a level or a count over time.

A signal has the name Micrometer gives it (`hikaricp.connections.active`), whatever the dialect it
was read from; its values are in base units, its times UTC nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.source import SourceRef
    from perfreport.model.units import Unit


class SignalKind(StrEnum):
    """What one value of a series means."""

    GAUGE = "gauge"  # a level at an instant
    COUNTER = "counter"  # cumulative; falls only when its process restarts
    DELTA = "delta"  # increase since the sample before
    RATE = "rate"  # increase per second, computed by the source


class Part(StrEnum):
    """Which part of a signal a series carries; timers and summaries have several."""

    VALUE = "value"
    COUNT = "count"
    TOTAL = "total"  # sum of all recorded durations or amounts
    MAX = "max"  # decaying maximum of the last one to three minutes
    MEAN = "mean"  # computed by the source
    BUCKET = "bucket"  # cumulative histogram bucket; label `le` in base units
    QUANTILE = "quantile"  # computed by the source; label `quantile`


@dataclass(frozen=True, slots=True, eq=False)
class SignalSeries:
    """One series: times ascending without duplicates, NaN where the source knew no value.

    `labels` are sorted by name. A counter that appeared while its source was being watched starts
    with the zero it had before.
    """

    signal: str
    part: Part
    kind: SignalKind
    unit: Unit
    labels: Tags
    times_ns: Integers
    values: Floats

    def label(self, name: str) -> str | None:
        """Value of a label, or None."""
        return next((value for key, value in self.labels if key == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class Signals(Fact):
    """All series of known signals in one file.

    `scrape_times_ns`: when the source was asked, one entry per scrape or step; empty where the
    file does not tell. A single scrape gives totals since the process started, nothing more.
    """

    series: tuple[SignalSeries, ...]
    scrape_times_ns: Integers

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Move every time by `delta_ns`."""
        moved = tuple(replace(one, times_ns=one.times_ns + delta_ns) for one in self.series)
        return replace(
            self, source=source, series=moved, scrape_times_ns=self.scrape_times_ns + delta_ns
        )
