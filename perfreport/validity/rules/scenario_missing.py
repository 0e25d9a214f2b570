"""A scenario of the plan left no samples.

Symptom: k6's configuration or the head of its console log names a scenario, but no sample carries
it.
Why it hurts: part of the traffic is not in the figures. Either it never ran, and the test was not
the planned one, or its samples (or the file of one instance) are missing.
How detected: scenarios whose start time lies before the last sign of life, against the scenarios
of the samples. Rules out a pass, unless k6's own counts say that the samples are complete.
False positives: a script that picks scenarios by an environment variable that `k6 inspect` was
not given; the console log or the summary settles it.
Reference: k6 documentation, "Scenarios".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog, LoadPlan
from perfreport.model.message import message
from perfreport.phases import curves, ended_normally
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import confirmed, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding

MARGIN = 2.0  # seconds a scenario must have had to show itself


def _named(case: Case) -> bool:
    console = case.run.one(ConsoleLog)
    return case.run.one(LoadPlan) is not None or (console is not None and bool(console.scenarios))


def detect(case: Case) -> Iterator[Finding]:
    """Report every scenario without a sample."""
    samples = samples_of(case)
    seen = set(samples.store.tag_values("scenario"))
    if not seen:
        return  # the scenario tag is switched off
    console = case.run.one(ConsoleLog)
    by_console = console.scenarios if console is not None and ended_normally(case.run) else ()
    expected = dict.fromkeys([*_due(case, samples.end_ns), *by_console])
    missing = [name for name in expected if name not in seen]
    if not missing or (confirmed(case.run) and not set(missing) & set(by_console)):
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID,
        title=message("findings.scenario-missing.title"),
        summary=message(
            "findings.scenario-missing.summary", names=tuple(missing), count=len(missing)
        ),
        effect=message("findings.scenario-missing.effect"),
        evidence=(
            figures(
                (message("validity.label.scenarios-planned"), len(expected), None),
                (message("validity.label.scenarios-seen"), len(seen), within(samples)),
            ),
        ),
        remedies=(message("findings.scenario-missing.remedy"),),
    )


def _due(case: Case, end_ns: int) -> list[str]:
    alive = (end_ns - case.phases.start_ns) / 1e9
    return [
        part.scenario
        for plan in case.run.of(LoadPlan)
        for part in curves(plan, {})
        if part.first_start() + MARGIN <= alive
    ]


PLUGIN = Rule(
    "scenario-missing",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.scenarios"), _named)),
    detect,
)
