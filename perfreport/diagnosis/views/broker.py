"""Kafka consumers over the load and after it: lag, what came in, what was consumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

LAG = "kafka.consumer.lag"
CONSUMED = "kafka.consumer.rate"
PRODUCED = "kafka.producer.rate"
DRAIN = "kafka.consumer.lag.drain"
# Lag that is worked off within this time is the normal distance of a consumer that polls.
_SECONDS_BEHIND = 3.0


@dataclass(frozen=True, slots=True)
class Consumers:
    """Consumers over the load; `behind` is lag in seconds of consuming.

    `worst` is the steady stretch with most lag, the peak itself can lie on the ramp after it.
    """

    lag_peak: Figure
    lag_peak_ns: int
    worst: Window
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
        return self.behind >= _SECONDS_BEHIND


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
    late = [window for window, lag in behind if lag.value >= 0.1 * most.value]
    rates = [rate for one in late if (rate := scene.ask(CONSUMED, "mean", one)) is not None]
    incoming = [rate for one, _ in behind if (rate := scene.ask(PRODUCED, "mean", one)) is not None]
    values = np.array([rate.value for rate in rates])
    return Consumers(
        most,
        _when(scene, most),
        worst,
        consumed=max(rates, key=lambda rate: rate.value, default=None),
        produced=max(incoming, key=lambda rate: rate.value, default=None),
        steadiness=float(values.min() / values.max()) if len(values) and values.max() > 0 else None,
    )


def _when(scene: Scene, most: Figure) -> int:
    """The moment of most lag."""
    series = scene.series(LAG)
    if series is None:
        return most.start_ns
    inside = (series.times_ns >= most.start_ns) & (series.times_ns < most.end_ns)
    times, lags = series.times_ns[inside], series.values[inside]
    return int(times[lags.argmax()]) if len(times) else most.start_ns
