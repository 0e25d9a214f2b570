"""The operational laws and the scaling law forecasts rest on.

Sources: Denning and Buzen, "The Operational Analysis of Queueing Network Models" (1978): Little's
law, utilisation law. Gunther, "Guerrilla Capacity Planning" (2007): the universal scalability
law. Times are seconds, rates per second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats


def places_limit(places: float, hold: float) -> float:
    """Little's law at saturation: completions per second of `places` held `hold` seconds each."""
    return places / hold


@dataclass(frozen=True, slots=True)
class Scalability:
    """Gunther's law: rate(n) = unit·n / (1 + contention·(n-1) + coherency·n·(n-1))."""

    unit: float
    contention: float
    coherency: float

    @property
    def limit(self) -> float | None:
        """The highest rate of any load; None where the law knows none."""
        if self.coherency > 0:
            best = max(1.0, float(np.sqrt((1 - self.contention) / self.coherency)))
            return self.at(best)
        return self.unit / self.contention if self.contention > 0 else None

    def at(self, load: float) -> float:
        """Rate at a load."""
        drag = 1 + self.contention * (load - 1) + self.coherency * load * (load - 1)
        return self.unit * load / drag


def scalability(loads: Floats, rates: Floats) -> Scalability | None:
    """Fit the universal scalability law; None with fewer than four loads.

    n/rate is a quadratic of n; solved by least squares with no negative coefficient.
    """
    usable = (loads > 0) & (rates > 0)
    if np.count_nonzero(usable) < 4:
        return None
    n, inverse = loads[usable], loads[usable] / rates[usable]
    columns = np.column_stack([np.ones_like(n), n - 1, n * (n - 1)])
    # Relative errors count: a stage of few VUs tells as much as one of many.
    first, second, third = least_squares(columns / inverse[:, None], np.ones_like(n))
    return None if first <= 0 else Scalability(1 / first, second / first, third / first)


def least_squares(columns: Floats, target: Floats, upper: Floats | None = None) -> Floats:
    """Least squares with coefficients from 0 to `upper`, by coordinate descent."""
    gram, right = columns.T @ columns, columns.T @ target
    top = np.full(len(right), np.inf) if upper is None else upper
    found = np.clip(np.linalg.lstsq(columns, target, rcond=None)[0], 0.0, top)
    for _ in range(2000):
        before = found.copy()
        for place in range(len(found)):
            if gram[place, place] > 0:
                rest = right[place] - gram[place] @ found + gram[place, place] * found[place]
                found[place] = min(max(rest / gram[place, place], 0.0), top[place])
        if np.allclose(before, found, rtol=1e-10, atol=1e-14):
            break
    answer: Floats = found
    return answer
