"""Whether a level climbs, and how fast, by statistics that outliers don't move.

Levels are compared only within stretches of equal load, so that a ramp is no trend: the slope is
Theil and Sen's (median over all pairs), the test Kendall's in its seasonal form (Hirsch and Slack
1984, "A nonparametric trend test for seasonal data"), with the stretches as seasons.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Floats, Integers

    Stretch = tuple[Integers, Floats]

_MOST = 200  # levels of a stretch that are compared pair by pair
_FEWEST = 3  # pairs that a half needs for a slope of its own


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope per second, its significance in standard deviations, and the scatter around it.

    `lasting` is the slope of the later half over that of the earlier one: 1 for a straight line,
    towards 0 for what levels off; None where a half has too few levels.
    """

    slope: float
    z: float
    scatter: float
    lasting: float | None


def trend(stretches: Sequence[Stretch]) -> Trend | None:
    """Trend over stretches of (times in ns ascending, levels); None without a single pair."""
    thinned = [_thinned(one) for one in stretches]
    slopes = [_slopes(*one) for one in thinned]
    every = np.concatenate([np.empty(0), *slopes])
    if not len(every):
        return None
    slope = float(np.median(every))
    return Trend(slope, _significance(slopes, thinned), _scatter(thinned, slope), _lasting(thinned))


def _thinned(stretch: Stretch) -> Stretch:
    times, levels = stretch
    if len(times) <= _MOST:
        return times, levels
    parts = np.array_split(np.arange(len(times)), _MOST)
    return (
        np.array([times[part[len(part) // 2]] for part in parts]),
        np.array([np.median(levels[part]) for part in parts]),
    )


def _slopes(times_ns: Integers, levels: Floats) -> Floats:
    first, second = np.triu_indices(len(times_ns), k=1)
    seconds = (times_ns[second] - times_ns[first]) / NS_PER_SECOND
    apart = seconds > 0
    return np.asarray((levels[second] - levels[first])[apart] / seconds[apart])


def _significance(slopes: Sequence[Floats], stretches: Sequence[Stretch]) -> float:
    """Kendall's S over its standard deviation, with the correction for continuity."""
    score = sum(float(np.sign(one).sum()) for one in slopes)
    counts = [len(times) for times, _ in stretches]
    variance = sum(n * (n - 1) * (2 * n + 5) / 18 for n in counts)
    if not variance or not score:
        return 0.0
    return (score - math.copysign(1.0, score)) / math.sqrt(variance)


def _scatter(stretches: Sequence[Stretch], slope: float) -> float:
    """Median distance from the line, scaled to a standard deviation."""
    rests = []
    for times, levels in stretches:
        if len(times):
            rest = levels - slope * (times - times[0]) / NS_PER_SECOND
            rests.append(np.abs(rest - np.median(rest)))
    return 1.4826 * float(np.median(np.concatenate(rests))) if rests else 0.0


def _lasting(stretches: Sequence[Stretch]) -> float | None:
    """Slope over the later half of the levels over that of the earlier half."""
    middle = float(np.median(np.concatenate([times for times, _ in stretches])))
    halves = []
    for later in (False, True):
        kept = [(t[(t > middle) == later], v[(t > middle) == later]) for t, v in stretches]
        slopes = np.concatenate([np.empty(0), *(_slopes(*one) for one in kept)])
        if len(slopes) < _FEWEST:
            return None
        halves.append(float(np.median(slopes)))
    early, late = halves
    if early <= 0:
        return math.inf if late > 0 else 0.0
    return late / early
