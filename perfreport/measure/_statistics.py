"""k6's statistics of one metric, exactly as its sinks compute them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure import _intervals
from perfreport.model.load import Contains, MetricType
from perfreport.model.message import message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats
    from perfreport.model.message import Message

_PERCENTILE = re.compile(r"p\((\d+(?:\.\d+)?)\)")
_SAME = {"mean": "avg", "peak": "max", "last": "value", "p(50)": "med", "sum": "count"}

# What `report.json` holds of every metric, in k6's words.
STATISTICS = {
    MetricType.TREND: ("avg", "min", "med", "max", "p(90)", "p(95)", "p(99)", "count"),
    MetricType.COUNTER: ("count", "rate"),
    MetricType.RATE: ("rate", "passes", "fails"),
    MetricType.GAUGE: ("value", "min", "max"),
}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number with its sample size, interval and warnings."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None
    warnings: tuple[Message, ...] = ()


class Sink:
    """The samples of one metric, or of a part of it, with what is derived from them.

    `values` in file order and base unit; `seconds` is what rates are divided by.
    """

    def __init__(self, kind: MetricType, values: Floats, seconds: float) -> None:
        self._kind = kind
        self._values = values
        self._seconds = seconds
        self._ordered: Floats | None = None

    def statistic(self, stat: str) -> Statistic | None:
        """Compute one statistic; None where the metric's type has no such statistic."""
        stat = _SAME.get(stat, stat)
        if self._kind is MetricType.COUNTER:
            return self._of_counter(stat)
        if self._kind is MetricType.RATE:
            return self._of_rate(stat)
        if stat == "count":
            return Statistic(float(len(self._values)), len(self._values))
        probability = probability_of(stat)
        if probability is not None:
            return self._percentile(stat, probability)
        if stat not in {"avg", "min", "max", "value"}:
            return None
        n = len(self._values)
        return Statistic(self._plain(stat) if n else None, n)

    @property
    def ordered(self) -> Floats:
        """The values, ascending; sorted once."""
        if self._ordered is None:
            self._ordered = np.sort(self._values)
        return self._ordered

    def _plain(self, stat: str) -> float:
        if stat == "avg":
            return float(self._values.sum()) / len(self._values)
        if stat == "value":
            return float(self._values[-1])
        return float(self._values.min() if stat == "min" else self._values.max())

    def _percentile(self, stat: str, probability: float) -> Statistic:
        n = len(self._values)
        if not n:
            return Statistic(None, 0)
        interval = _intervals.of_percentile(self.ordered, probability)
        return Statistic(quantile(self.ordered, probability), n, interval, too_few(stat, n))

    def _of_counter(self, stat: str) -> Statistic | None:
        if stat not in {"count", "rate"}:
            return None
        total = float(self._values.sum())
        if stat == "count":
            return Statistic(total, len(self._values))
        return Statistic(total / self._seconds if self._seconds > 0 else None, len(self._values))

    def _of_rate(self, stat: str) -> Statistic | None:
        n = len(self._values)
        hits = int(np.count_nonzero(self._values))
        if stat == "rate":
            return Statistic(hits / n if n else None, n, _intervals.of_share(hits, n))
        counts = {"passes": hits, "fails": n - hits, "count": n}
        return Statistic(float(counts[stat]), n) if stat in counts else None


def too_few(stat: str, n: int) -> tuple[Message, ...]:
    """Warn of a percentile of too few samples; `n` 0 where their number is not known."""
    probability = probability_of(stat)
    if not n or probability is None or not 0 < probability < 1:
        return ()
    needed = _intervals.samples_needed(probability)
    if n >= needed:
        return ()
    return (message("measure.too-few-samples", stat=stat, n=n, needed=needed),)


def quantile(ordered: Floats, probability: float) -> float:
    """k6's interpolation between the two nearest ranks (numpy's `linear`); needs one value."""
    place = probability * (len(ordered) - 1)
    below, above = math.floor(place), math.ceil(place)
    low, high = float(ordered[below]), float(ordered[above])
    if low == high:  # also two infinities, whose difference is no number
        return low
    return low + (high - low) * (place - below)


def probability_of(stat: str) -> float | None:
    """`med` → 0.5, `p(99.9)` → 0.999, anything else → None."""
    if stat == "med":
        return 0.5
    match = _PERCENTILE.fullmatch(stat)
    if match is None:
        return None
    probability = float(match[1]) / 100
    return probability if probability <= 1 else None


def unit_of(kind: MetricType | None, contains: Contains | None, stat: str) -> Unit:
    """The base unit of a statistic."""
    stat = _SAME.get(stat, stat)
    if stat in {"passes", "fails"} or (stat == "count" and kind is not MetricType.COUNTER):
        return Unit.COUNT
    if kind is MetricType.RATE:
        return Unit.RATIO
    if kind is MetricType.COUNTER:
        data = contains is Contains.DATA
        if stat == "rate":
            return Unit.BYTES_PER_SECOND if data else Unit.PER_SECOND
        return Unit.BYTES if data else Unit.COUNT
    if contains is Contains.TIME:
        return Unit.SECONDS
    return Unit.BYTES if contains is Contains.DATA else Unit.NONE
