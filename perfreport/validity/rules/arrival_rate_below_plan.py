"""Fewer iterations fell due than the arrival rate asked for.

Symptom: started plus dropped iterations of an arrival-rate scenario stay below the area under
its planned rate.
Why it hurts: the system met a smaller load than the test was meant to bring, or part of the
samples is missing. Either way the figures are not those of the planned load.
How detected: planned iterations are the integral of the stages up to the last sign of life;
started, interrupted and dropped ones are counted. A shortfall of 2 % (and more than the VUs in
flight plus 2) is questionable, one of 5 % and more rules out a pass.
False positives: iterations in flight at an abrupt end leave no trace, hence the allowance. A plan
of another run is not compared: `plan-differs` tells it.
Reference: k6 documentation, "Ramping arrival rate".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadPlan
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.phases import curves, observe
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, within
from perfreport.validity._needs import ARRIVAL_RATE, PLAN_OF_THIS_RUN, SAMPLES
from perfreport.validity._tally import by_scenario, interrupted, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

ALLOWED = 2.0  # iterations: rounding at both ends of the schedule
QUESTIONABLE = 0.02
INVALID = 0.05


def detect(case: Case) -> Iterator[Finding]:
    """Report scenarios that fell behind their schedule."""
    samples = samples_of(case)
    store = samples.store
    observed = observe(samples)
    plan = case.run.one(LoadPlan)
    if plan is None:
        return
    if len(plan.scenarios) == 1:
        observed = observed.named(plan.scenarios[0].name)
    alive = (observed.origin_ns - case.phases.start_ns) / 1e9 + observed.alive_until
    in_flight = float(observed.vus[-1]) if len(observed.vus) else 0.0
    dropped, started = by_scenario(store, "dropped_iterations"), by_scenario(store, "iterations")
    rows = []
    short, planned_in_all = 0.0, 0.0
    for part in curves(plan, {}):
        if not part.is_open:
            continue
        planned = float(part.integral(np.array([min(alive, part.stop)]))[0])
        scenario = observed.scenario(part.scenario)
        key = scenario.name if scenario is not None and scenario.name in started else None
        alone = len(plan.scenarios) == 1
        name = part.scenario if part.scenario in started or not alone else key
        ran, refused = started.get(name, 0.0), dropped.get(name, 0.0)
        missing = planned - ran - refused
        planned_in_all += planned
        short += max(missing, 0.0)
        if planned > 0 and missing > ALLOWED and missing / planned >= QUESTIONABLE:
            rows.append((
                part.scenario,
                round(planned),
                round(ran),
                round(refused),
                share(missing / planned),
            ))
    missing = short - in_flight - interrupted(store)
    if not rows or missing <= ALLOWED or missing / planned_in_all < QUESTIONABLE:
        return
    lacking = missing / planned_in_all
    invalid = lacking >= INVALID
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID if invalid else ValidityLevel.QUESTIONABLE,
        title=message("findings.arrival-rate-below-plan.title"),
        summary=message(
            "findings.arrival-rate-below-plan.summary",
            planned=round(planned_in_all),
            due=round(planned_in_all - short),
            share=share(lacking),
        ),
        effect=message("findings.arrival-rate-below-plan.effect-invalid")
        if invalid
        else message("findings.arrival-rate-below-plan.effect-questionable"),
        evidence=(
            Table(
                title=message("findings.arrival-rate-below-plan.table"),
                headings=(
                    message("validity.label.scenario"),
                    message("validity.label.planned"),
                    message("validity.label.started"),
                    message("validity.label.dropped"),
                    message("validity.label.missing-share"),
                ),
                rows=tuple(rows),
                provenance=(within(samples),),
            ),
        ),
        remedies=(message("findings.arrival-rate-below-plan.remedy"),),
    )


PLUGIN = Rule(
    "arrival-rate-below-plan",
    Category.VALIDITY,
    (SAMPLES, PLAN_OF_THIS_RUN, ARRIVAL_RATE),
    detect,
)
