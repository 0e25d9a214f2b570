"""The scenarios ran in other shares than planned.

Symptom: a scenario's share of the iterations differs from its share of the planned arrival rate.
Why it hurts: another mix is another workload. Where the expensive scenario falls behind, the
system looks faster than it would under the planned mix.
How detected: shares of the iterations of each arrival-rate scenario against shares of the areas
under their planned rates, up to the last sign of life. More than 2 points and 5 % of the share
is questionable, more than 5 points and 20 % of it rules out a pass.
False positives: scenarios of VU executors have no planned share of iterations, so plans with such
scenarios are not compared. A plan of another run is not compared either.
Reference: k6 documentation, "Scenarios".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadPlan
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.phases import curves
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, within
from perfreport.validity._needs import PLAN_OF_THIS_RUN, SAMPLES
from perfreport.validity._tally import by_scenario, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding

FEWEST = 50  # iterations in all
QUESTIONABLE = (0.02, 0.05)  # points of share, and share of the share
INVALID = (0.05, 0.20)


def _several_open(case: Case) -> bool:
    return any(
        len(plan.scenarios) > 1 and all(each.executor.is_open for each in plan.scenarios)
        for plan in case.run.of(LoadPlan)
    )


def detect(case: Case) -> Iterator[Finding]:
    """Report shares that differ."""
    plan = case.run.one(LoadPlan)
    if plan is None:
        return
    samples = samples_of(case)
    alive = np.array([(samples.end_ns - case.phases.start_ns) / 1e9])
    planned = {
        part.scenario: float(part.integral(np.minimum(alive, part.stop))[0])
        for part in curves(plan, {})
    }
    ran = {name: by_scenario(samples.store, "iterations").get(name, 0.0) for name in planned}
    asked, done = sum(planned.values()), sum(ran.values())
    if done < FEWEST or asked <= 0:
        return
    shares = {name: (planned[name] / asked, ran[name] / done) for name in planned}
    levels = [_level(*pair) for pair in shares.values()]
    if not any(levels):
        return
    invalid = ValidityLevel.INVALID in levels
    worst = max(shares, key=lambda name: abs(shares[name][1] - shares[name][0]))
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID if invalid else ValidityLevel.QUESTIONABLE,
        title=message("findings.scenario-mix-differs.title"),
        summary=message(
            "findings.scenario-mix-differs.summary",
            scenario=worst,
            planned=share(shares[worst][0]),
            observed=share(shares[worst][1]),
        ),
        effect=message("findings.scenario-mix-differs.effect-invalid")
        if invalid
        else message("findings.scenario-mix-differs.effect-questionable"),
        evidence=(
            Table(
                title=message("findings.scenario-mix-differs.table"),
                headings=(
                    message("validity.label.scenario"),
                    message("validity.label.planned-share"),
                    message("validity.label.observed-share"),
                ),
                rows=tuple((name, share(pair[0]), share(pair[1])) for name, pair in shares.items()),
                provenance=(within(samples),),
            ),
        ),
        remedies=(message("findings.scenario-mix-differs.remedy"),),
    )


def _level(planned: float, observed: float) -> ValidityLevel | None:
    off = abs(observed - planned)
    for level, (points, part) in (
        (ValidityLevel.INVALID, INVALID),
        (ValidityLevel.QUESTIONABLE, QUESTIONABLE),
    ):
        if off > points and off > part * planned:
            return level
    return None


PLUGIN = Rule(
    "scenario-mix-differs",
    Category.VALIDITY,
    (SAMPLES, PLAN_OF_THIS_RUN, Need(message("validity.need.arrival-rate-mix"), _several_open)),
    detect,
)
