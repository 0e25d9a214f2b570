"""The load was never held: there is no plateau to grade.

Symptom: the run consists of ramps, or its holds together are shorter than 3 s or than 5 % of the
load.
Why it hurts: while the load changes, queues fill or drain and latency belongs to no load level.
What a system does at a given load shows only after that load has been held.
How detected: the phases of kind plateau, spike, cooling and recovery that the run reached.
False positives: a spike without a hold is meant that way, and counts as held.
Reference: R. Jain, "The Art of Computer Systems Performance Analysis", 25.3 (transient removal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import seconds
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures
from perfreport.validity._needs import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.message import Message

HELD = (PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.RECOVERY)
SHORTEST = 3.0  # seconds
MOSTLY = 0.5  # share of the load: it was held, but all of it was short
SMALLEST = 0.05  # share of the load


def detect(case: Case) -> Iterator[Finding]:
    """Report a run without a hold worth the name."""
    reached = [phase for phase in case.phases.phases if phase.reached]
    whole = sum(phase.seconds for phase in reached)
    held = sum(phase.seconds for phase in reached if phase.kind in HELD)
    spike = any(phase.kind is PhaseKind.SPIKE for phase in reached)
    if spike or (held >= SHORTEST and held >= SMALLEST * whole):
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE,
        title=message("findings.no-plateau.title"),
        summary=_summary(held, whole),
        effect=message("findings.no-plateau.effect-short")
        if held >= MOSTLY * whole
        else message("findings.no-plateau.effect"),
        evidence=(
            figures(
                (message("validity.label.load-seconds"), seconds(whole), None),
                (message("validity.label.held-seconds"), seconds(held), None),
            ),
        ),
        remedies=(message("findings.no-plateau.remedy"),),
    )


def _summary(held: float, whole: float) -> Message:
    if not held:
        return message("findings.no-plateau.summary-none", whole=seconds(whole))
    if held >= MOSTLY * whole:
        return message("findings.no-plateau.summary-short", whole=seconds(whole))
    return message("findings.no-plateau.summary", held=seconds(held), whole=seconds(whole))


PLUGIN = Rule(
    "no-plateau",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.phases"), lambda case: bool(case.phases.phases))),
    detect,
)
