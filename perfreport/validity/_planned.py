"""How much load the plan asked for and how much ran, in one number each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import LoadPlan
from perfreport.model.message import message
from perfreport.phases import curves, observe
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.rules import Case


@dataclass(frozen=True, slots=True)
class OverallLoad:
    """Planned and observed load: iterations of the open scenarios, else VU-seconds."""

    planned: float
    observed: float
    planned_label: Message
    observed_label: Message


def overall_load(case: Case) -> OverallLoad | None:
    """Compare the plan with the run as a whole; None where neither can be summed."""
    plan = case.run.one(LoadPlan)
    parts = [part for part in curves(plan, {}) if part.bounded] if plan is not None else []
    observed = observe(samples_of(case))
    if parts and all(part.is_open for part in parts):
        return OverallLoad(
            sum(float(part.integral(np.array([part.stop]))[0]) for part in parts),
            sum(float(part.due.sum()) for part in observed.scenarios),
            message("validity.label.planned-iterations"),
            message("validity.label.due-iterations"),
        )
    closed = [part for part in parts if not part.is_open]
    if not closed or not len(observed.vus):
        return None
    grid = np.arange(0.5, max(part.stop for part in closed), 1.0)
    return OverallLoad(
        float(np.sum([part.at(grid) for part in closed])),
        float(observed.vus.sum()),
        message("validity.label.planned-vu-seconds"),
        message("validity.label.observed-vu-seconds"),
    )
