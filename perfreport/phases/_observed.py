"""The load as it was: what the samples say about VUs and started iterations.

All arrays stand on one grid of equal steps; times are seconds since `origin_ns`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats


@dataclass(frozen=True, slots=True)
class ObservedScenario:
    """One scenario on the grid: iterations it began (finished ones only), and dropped ones.

    `first` and `last` bound its activity in seconds: first iteration start, last sample.
    """

    name: str | None
    started: Floats
    dropped: Floats
    first: float
    last: float

    @property
    def due(self) -> Floats:
        """Iterations that fell due on each step, whether a VU was free for them or not."""
        return self.started + self.dropped


@dataclass(frozen=True, slots=True)
class ObservedLoad:
    """Everything the samples tell of the load.

    `vus_at` are the moments of k6's one-per-second gauge, `vus` its values (summed over the
    instances of a distributed run). `setup_end`: last sample of setup(), before any iteration.
    `first`, `last`: first iteration start and last sample of any scenario. `ticking_until`: last
    gauge sample, which k6 writes as long as the test lives.
    """

    origin_ns: int
    step: float
    scenarios: tuple[ObservedScenario, ...]
    requests: Floats
    vus_at: Floats
    vus: Floats
    vus_max: float | None
    setup_end: float | None
    first: float
    last: float
    ticking_until: float

    @property
    def edges(self) -> Floats:
        """Start of every step, and the end of the last one."""
        return np.arange(len(self.requests) + 1, dtype=float) * self.step

    @property
    def alive_until(self) -> float:
        """Last moment at which the samples show a living test."""
        return max(self.last, self.ticking_until)

    def scenario(self, name: str) -> ObservedScenario | None:
        """The scenario of that name."""
        return next((part for part in self.scenarios if part.name == name), None)

    def named(self, name: str) -> ObservedLoad:
        """Give the only scenario its name where the scenario tag is switched off."""
        if len(self.scenarios) != 1 or self.scenarios[0].name is not None:
            return self
        return replace(self, scenarios=(replace(self.scenarios[0], name=name),))
