"""95 % confidence intervals that assume nothing about the shape of a distribution.

Percentiles: order statistics. The number of samples below the true p-quantile is binomial
(n, p), so the samples whose ranks cover 95 % of that distribution enclose it (Conover, *Practical
Nonparametric Statistics*, 3rd ed., 3.2). Shares: Wilson's score interval (Wilson 1927; Brown, Cai
and DasGupta 2001), which holds for rare failures and small n where the textbook one does not.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2
_Z = 1.959963984540054
_SMALLEST_LOG = -650.0  # exp of it is still a normal float


def samples_needed(probability: float) -> int:
    """How many samples a percentile needs: fewer, and no sample bounds it from that side.

    With n samples the largest lies below the true p-quantile with probability p**n (the smallest
    above it with (1-p)**n). As long as that exceeds 2.5 % there is no 95 % interval: p(50) needs
    6 samples, p(90) 36, p(95) 72, p(99) 368, p(99.9) 3,688.
    """
    beyond = max(probability, 1 - probability)
    if beyond >= 1.0:
        return 1
    return math.ceil(math.log(_TAIL) / math.log(beyond))


def of_percentile(ordered: Floats, probability: float) -> tuple[float, float] | None:
    """The interval of a quantile of `ordered`, ascending; None with too few samples."""
    n = len(ordered)
    if not 0 < probability < 1 or n < samples_needed(probability):
        return None
    low, high = _ranks(n, probability)
    return float(ordered[low - 1]), float(ordered[high - 1])


def of_share(hits: int, n: int) -> tuple[float, float] | None:
    """Wilson's interval of a share of `n`; None without samples."""
    if not n:
        return None
    share = hits / n
    spread = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    centre = share + _Z * _Z / (2 * n)
    scale = 1 + _Z * _Z / n
    low = (centre - spread) / scale if hits else 0.0
    high = (centre + spread) / scale if hits < n else 1.0
    return low, high


def _ranks(n: int, probability: float) -> tuple[int, int]:
    """Ranks (from 1) of the samples that enclose the quantile."""
    if probability > 0.5:  # count from the end that is nearer
        low, high = _ranks_below(n, 1 - probability)
        return max(1, n + 1 - high), min(n, n + 1 - low)
    low, high = _ranks_below(n, probability)
    return max(1, low), min(n, high)


@lru_cache(maxsize=4096)
def _ranks_below(n: int, probability: float) -> tuple[int, int]:
    mean = n * probability
    if n * math.log1p(-probability) < _SMALLEST_LOG:  # the normal distribution is exact enough
        spread = _Z * math.sqrt(mean * (1 - probability))
        return math.floor(mean - spread), math.ceil(mean + spread) + 1
    # P(B < low) <= 2.5 % and P(B >= high) <= 2.5 %, B the number of samples below the quantile.
    mass = (1 - probability) ** n
    below = 0.0
    low = 0
    count = 0
    while True:
        if below <= _TAIL:
            low = count
        below += mass
        count += 1
        if below >= 1 - _TAIL or count > n:
            return low, count
        mass *= (n - count + 1) / count * probability / (1 - probability)
