"""The k6 configuration beside the run describes another load than the one that ran.

Symptom: VUs or due iterations in the samples leave the planned curve.
Why it hurts: what the test was meant to do is unknown. Where the load was smaller than planned,
part of the samples may be missing, or the test was milder than the one that should pass.
How detected: by the cut of the phases, which holds the plan against the gauge of VUs and the
schedule of iterations. Where k6's own counts (summary or console log) equal those of the samples,
the samples are complete and only the configuration is another one: a note. Else a load above the
plan is questionable and one below it rules out a pass.
False positives: `k6 inspect` run without the `-e` options of the run; that is the note.
Reference: k6 documentation, "Inspect command".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import PLAN, SAMPLES
from perfreport.validity._planned import overall_load
from perfreport.validity._tally import confirmed, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

LOWER = 0.9  # of the planned VU-seconds or iterations


def detect(case: Case) -> Iterator[Finding]:
    """Report a plan that did not run."""
    if case.phases.plan_holds is not False:
        return
    samples = samples_of(case)
    load = overall_load(case)
    complete = confirmed(case.run)
    lower = load is not None and load.observed < LOWER * load.planned
    if complete:
        level, effect = ValidityLevel.VALID, message("findings.plan-differs.effect-valid")
    elif lower:
        level, effect = ValidityLevel.INVALID, message("findings.plan-differs.effect-invalid")
    else:
        level = ValidityLevel.QUESTIONABLE
        effect = message("findings.plan-differs.effect-questionable")
    rows = (
        ()
        if load is None
        else (
            (load.planned_label, round(load.planned), None),
            (load.observed_label, round(load.observed), within(samples)),
        )
    )
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.plan-differs.title"),
        summary=message("findings.plan-differs.summary"),
        effect=effect,
        evidence=(figures(*rows),) if rows else (),
        remedies=(message("findings.plan-differs.remedy"),),
    )


PLUGIN = Rule("plan-differs", Category.VALIDITY, (SAMPLES, PLAN), detect)
