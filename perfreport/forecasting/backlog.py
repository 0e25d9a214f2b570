"""Kafka consumers as a fluid: what arrives, what is worked off, what piles up in between.

Arrivals are the measured ones. A consumer thread works one record after the other; a partition
has at most one consumer, so min(partitions, consumers) threads work. The time per record comes
from the stretch of the run in which the consumers were behind, for only then do they show what
they can. The measured run is played again first, as proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.broker import (
    CONSUMED,
    LAG,
    PRODUCED,
    SECONDS_BEHIND,
    working_rate,
)
from perfreport.measure.signals import signal_lines

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.model.measurement import Floats

_OFFSET = "kafka.topic.partition.offset"
_STEP = 0.5
_LONGEST = 4 * 3600.0
_BEHIND = 0.2
_LEAST_LAG = 20.0
_REMAINDER = 0.01


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Records per second on a grid of `step` seconds from the start of the load.

    `shares` are the parts of the partitions, together 1.
    """

    rates: Floats
    step: float
    shares: Floats


@dataclass(frozen=True, eq=False)
class Backlog:
    """What the consumers of a run showed: `rate` is theirs while behind, all threads together.

    `spread` is the relative standard error of that rate; `lag_max` and `drain` are measured.
    """

    arrivals: Arrivals
    rate: float
    spread: float
    lag_max: float
    drain: float | None
    load_seconds: float

    @property
    def fell_behind(self) -> bool:
        """Whether the lag is more than what consumers that poll in batches always have."""
        return self.lag_max >= SECONDS_BEHIND * self.rate


@dataclass(frozen=True, slots=True)
class Course:
    """How the lag goes: its maximum, and seconds from the end of the load until it is gone."""

    lag_max: float
    drain: float | None


def observe_backlog(scene: Scene) -> Backlog | None:
    """Read arrivals and consumer speed; None where the consumers never fell behind."""
    lag, consumed = scene.series(LAG), scene.series(CONSUMED)
    arrivals = _arrivals(scene)
    if lag is None or consumed is None or arrivals is None:
        return None
    inside = lag.times_ns >= scene.whole.start_ns
    known = inside & ~np.isnan(lag.values)
    times, values = lag.times_ns[known], lag.values[known]
    if not len(values) or values.max() < _LEAST_LAG:
        return None
    behind = np.interp(consumed.times_ns, times, values) >= _BEHIND * values.max()
    behind &= (consumed.times_ns >= times[0]) & (consumed.times_ns <= times[-1])
    rates = consumed.values[behind]
    rates = rates[~np.isnan(rates)]
    worked = working_rate(scene)
    if worked is None or worked.value <= 0:
        return None
    return Backlog(
        arrivals,
        rate=worked.value,
        spread=float(rates.std() / rates.mean() / np.sqrt(len(rates))),
        lag_max=float(values.max()),
        drain=scene.value("kafka.consumer.lag.drain", "last"),
        load_seconds=scene.whole.seconds,
    )


def course(
    arrivals: Arrivals, rate: float, consumers: int, load_seconds: float, poll: int
) -> Course:
    """Let the fluid run: partitions in turn belong to `consumers` threads of equal speed.

    Offsets are committed after a poll of up to `poll` records: on average half a poll per thread
    is worked off but still counts as lag.
    """
    owners = np.arange(len(arrivals.shares)) % consumers
    each = rate / consumers
    inflow = np.zeros(consumers)
    np.add.at(inflow, owners, arrivals.shares)
    waiting, peak, now = np.zeros(consumers), 0.0, 0.0
    peak_end, drained = 0.0, None
    step = arrivals.step
    total = len(arrivals.rates)
    for place in range(int(_LONGEST / step)):
        now += step
        arriving = float(arrivals.rates[place]) if place < total else 0.0
        waiting = np.maximum(waiting + (arriving * inflow - each) * step, 0.0)
        lag = float(waiting.sum())
        peak = max(peak, lag)
        if now <= load_seconds:
            peak_end = lag
        elif drained is None and lag <= 0:
            drained = 0.0 if peak_end <= _REMAINDER * peak else now - load_seconds
        if place >= total and lag <= 0:
            break
    uncommitted = consumers * min(poll, peak / consumers) / 2
    return Course(peak + uncommitted, drained)


def spread_evenly(arrivals: Arrivals, partitions: int) -> Arrivals:
    """The same arrivals on another number of partitions, keys taken to spread evenly."""
    if partitions == len(arrivals.shares):
        return arrivals
    return Arrivals(arrivals.rates, arrivals.step, np.full(partitions, 1.0 / partitions))


def _arrivals(scene: Scene) -> Arrivals | None:
    start, end = scene.whole.start_ns, scene.whole.end_ns
    lines = [
        line
        for line in signal_lines(scene.signals, _OFFSET)
        if np.isfinite(line.values[(line.times_ns >= start) & (line.times_ns <= end)]).any()
    ]
    series = scene.series(PRODUCED)
    if series is None:
        return None
    last = max(int(series.times_ns[-1]), end)
    grid = np.arange(start, last, int(_STEP * 1e9), dtype=np.int64)
    # A rate at a time is that since the sample before: the value of a step is the next one told.
    known = ~np.isnan(series.values)
    times, values = series.times_ns[known], series.values[known]
    place = np.searchsorted(times, grid, side="right")
    rates = np.where(place < len(values), values[np.minimum(place, len(values) - 1)], 0.0)
    totals = np.array([
        float(np.nansum(line.values[(line.times_ns >= start) & (line.times_ns <= end)]))
        for line in lines
    ])
    even = not len(totals) or totals.sum() <= 0
    shares = np.ones(max(1, len(totals))) if even else totals
    return Arrivals(rates, _STEP, shares / shares.sum())
