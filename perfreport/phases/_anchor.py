"""Where second 0 of the plan lies on the run's clock.

k6 starts the scenarios right after setup(). The schedule is deterministic, so a scenario's first
iteration tells when the plan began: never earlier than that, late only by what the load
generator lost. The earliest of the scenarios is the best estimate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.phases._observed import ObservedLoad
    from perfreport.phases._plan import Curve

SETUP_GAP = 0.5  # seconds between the last sample of setup() and the start of the load


def anchor(observed: ObservedLoad, parts: Sequence[Curve]) -> float:
    """Return the plan's second 0, in seconds since the observed load's origin."""
    candidates: list[float] = []
    for part in parts:
        scenario = observed.scenario(part.scenario)
        first = part.first_start()
        if scenario is None or not np.isfinite(first):
            continue
        due = np.flatnonzero(scenario.due)
        dropped_first = float(due[0]) * observed.step if len(due) else scenario.first
        candidates.append(min(scenario.first, dropped_first + observed.step) - first)
    estimate = min(candidates, default=observed.first)
    setup_end = observed.setup_end
    if setup_end is not None and estimate - setup_end < SETUP_GAP:
        return max(estimate, setup_end)
    return estimate
