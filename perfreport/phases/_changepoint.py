"""Cut noisy series into straight lines: optimal partitioning by dynamic programming.

Minimises the sum of squared residuals over the variance of the noise, plus a penalty per line,
over all partitions (Jackson et al., "An algorithm for optimal partitioning of data on an
interval", 2005; the penalty is Schwarz's). Several series share the same cuts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Floats

PENALTY = 1.5  # times Schwarz's: noise of real load is not quite independent


def partition(times: Floats, series: Sequence[Floats], noise: Sequence[float]) -> list[int]:
    """Return the first index of every line, beginning with 0.

    `times` (n) increase; each of `series` has n values and its standard deviation in `noise`.
    """
    count = len(times)
    if count == 0 or not series:
        return []
    shifted = times - times[0]
    t1 = _prefix(shifted)
    t2 = _prefix(shifted**2)
    lanes = [
        (_prefix(values), _prefix(values**2), _prefix(values * shifted), sigma**2)
        for values, sigma in zip(series, noise, strict=True)
    ]
    penalty = PENALTY * (2 * len(lanes) + 1) * np.log(max(count, 3))
    best = np.zeros(count + 1)
    origin = np.zeros(count + 1, dtype=int)
    for stop in range(1, count + 1):
        starts = np.arange(stop)
        length = (stop - starts).astype(float)
        sum_t = t1[stop] - t1[:stop]
        spread = np.maximum(t2[stop] - t2[:stop] - sum_t**2 / length, 0.0)
        cost = np.full(stop, penalty)
        for y1, y2, ty, variance in lanes:
            sum_y = y1[stop] - y1[:stop]
            around_mean = np.maximum(y2[stop] - y2[:stop] - sum_y**2 / length, 0.0)
            covariance = ty[stop] - ty[:stop] - sum_t * sum_y / length
            explained = np.where(
                spread > 1e-9, covariance**2 / np.where(spread > 1e-9, spread, 1), 0
            )
            cost += np.maximum(around_mean - explained, 0.0) / variance
        total = best[:stop] + cost
        origin[stop] = int(np.argmin(total))
        best[stop] = total[origin[stop]]
    cuts: list[int] = []
    stop = count
    while stop > 0:
        stop = int(origin[stop])
        cuts.append(stop)
    return cuts[::-1]


def roughness(values: Floats) -> float:
    """Standard deviation of the noise, from second differences (robust to lines and steps)."""
    if len(values) < 3:
        return 0.0
    second = np.abs(np.diff(values, 2))
    return float(np.median(second) / (0.6745 * np.sqrt(6.0)))


def _prefix(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
