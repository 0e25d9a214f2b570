"""Kafka consumers over the load and after it: lag, what came in, what was consumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.scene import Window

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene

LAG = "kafka.consumer.lag"
CONSUMED = "kafka.consumer.rate"
PRODUCED = "kafka.producer.rate"
DRAIN = "kafka.consumer.lag.drain"
# Lag that is worked off within this time is the normal distance of a consumer that polls.
SECONDS_BEHIND = 3.0
# Consumers show what they can where at least this part of the highest lag waits for them.
_BACKLOG = 0.2
_FEWEST_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Consumers:
    """Consumers over the load; `behind` is lag in seconds of consuming.

    `worst` is the steady stretch with most lag, the peak itself can lie on the ramp after it.
    """

    lag_peak: Figure
    lag_peak_ns: int
    worst: Window
    late: tuple[Window, ...]  # steady stretches with a good part of that lag
    consumed: Figure | None  # mean rate while behind
    produced: Figure | None  # highest mean rate of a window
    steadiness: float | None  # lowest by highest consume rate while behind

    @property
    def behind(self) -> float | None:
        """Seconds it takes to consume the peak lag at the rate seen."""
        if self.consumed is None or self.consumed.value <= 0:
            return None
        return self.lag_peak.value / self.consumed.value

    @property
    def surged(self) -> bool:
        """Lag beyond what polling in batches explains."""
        if self.behind is None:
            return self.lag_peak.value > 0 and self.consumed is not None
        return self.behind >= SECONDS_BEHIND


def consumers(scene: Scene) -> Consumers | None:
    """Look at the consumers; None where nothing tells of their lag."""
    peak = scene.ask(LAG, "peak")
    if peak is None:
        return None
    behind = [
        (window, lag)
        for window in scene.windows
        if (lag := scene.ask(LAG, "peak", window)) is not None
    ]
    if not behind:
        return None
    worst, most = max(behind, key=lambda entry: entry[1].value)
    # Lag is at its height where arrivals fall below the rate of consuming: often on a ramp down,
    # which no window of steady load covers.
    most = max((most, peak), key=lambda figure: figure.value)
    late = tuple(window for window, lag in behind if lag.value >= 0.1 * most.value)
    rates = [rate for one in late if (rate := scene.ask(CONSUMED, "mean", one)) is not None]
    incoming = [rate for one, _ in behind if (rate := scene.ask(PRODUCED, "mean", one)) is not None]
    values = np.array([rate.value for rate in rates])
    return Consumers(
        most,
        _when(scene, most),
        worst,
        late,
        consumed=working_rate(scene) or max(rates, key=lambda rate: rate.value, default=None),
        produced=max(incoming, key=lambda rate: rate.value, default=None),
        steadiness=float(values.min() / values.max()) if len(values) and values.max() > 0 else None,
    )


def working_rate(scene: Scene) -> Figure | None:
    """Records per second over the longest stretch, also after the load, with a backlog to work on.

    None where consumers were never behind for three looks at them in a row.
    """
    lag, consumed = scene.series(LAG), scene.series(CONSUMED)
    if lag is None or consumed is None:
        return None
    known = (lag.times_ns >= scene.whole.start_ns) & ~np.isnan(lag.values)
    times, lags = lag.times_ns[known], lag.values[known]
    if not len(lags) or lags.max() <= 0:
        return None
    looks = consumed.times_ns[~np.isnan(consumed.values)]
    busy = np.interp(looks, times, lags) >= _BACKLOG * lags.max()
    busy &= (looks >= times[0]) & (looks <= times[-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts) or (ends - starts).max() < _FEWEST_LOOKS:
        return None
    longest = int(np.argmax(ends - starts))
    stretch = Window(
        "backlog", scene.whole.phase, int(looks[starts[longest]]), int(looks[ends[longest] - 1]) + 1
    )
    return scene.ask(CONSUMED, "mean", stretch)


def _when(scene: Scene, most: Figure) -> int:
    """The moment of most lag."""
    series = scene.series(LAG)
    if series is None:
        return most.start_ns
    inside = (series.times_ns >= most.start_ns) & (series.times_ns < most.end_ns)
    times, lags = series.times_ns[inside], series.values[inside]
    return int(times[lags.argmax()]) if len(times) else most.start_ns
