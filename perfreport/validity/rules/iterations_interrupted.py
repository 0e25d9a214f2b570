"""Iterations were interrupted, and so are in no statistic.

Symptom: k6 cut off running iterations at the end of gracefulStop or gracefulRampDown, or because
it was aborted.
Why it hurts: an interrupted iteration has no duration, and a request that was under way leaves no
sample at all. These are the longest ones: the system may have stopped answering.
How detected: k6's own count in the console log, else `data_sent`, which k6 writes for interrupted
iterations too, against `iterations`. At least 1 % of the iterations is questionable, and so are
interruptions of nearly all VUs where nothing tells that the run ended normally.
False positives: iterations that are meant to be longer than gracefulStop; raise it.
Reference: k6 documentation, "Graceful stop".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.phases import ended_normally
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import interrupted, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

QUESTIONABLE = 0.01
NEARLY_ALL = 0.9  # of the VUs at the last tick
FEWEST = 2


def detect(case: Case) -> Iterator[Finding]:
    """Report the interrupted iterations."""
    samples = samples_of(case)
    store = samples.store
    console = case.run.one(ConsoleLog)
    told = console.interrupted_iterations if console is not None else None
    cut_off = interrupted(store) if told is None else told
    if cut_off < FEWEST:
        return
    part = cut_off / (cut_off + store.count("iterations"))
    gauge = store.series("vus").values
    all_at_once = (
        ended_normally(case.run) is not True
        and len(gauge) > 0
        and (cut_off >= NEARLY_ALL * float(gauge[-1]))
    )
    level = (
        ValidityLevel.QUESTIONABLE if part >= QUESTIONABLE or all_at_once else ValidityLevel.VALID
    )
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.iterations-interrupted.title"),
        summary=message(
            "findings.iterations-interrupted.summary", count=cut_off, share=share(part)
        ),
        effect=message("findings.iterations-interrupted.effect-questionable")
        if level is ValidityLevel.QUESTIONABLE
        else message("findings.iterations-interrupted.effect-valid"),
        evidence=(
            figures(
                (message("validity.label.interrupted"), cut_off, within(samples)),
                (message("validity.label.started"), store.count("iterations"), within(samples)),
            ),
        ),
        remedies=(message("findings.iterations-interrupted.remedy"),),
    )


PLUGIN = Rule("iterations-interrupted", Category.VALIDITY, (SAMPLES,), detect)
