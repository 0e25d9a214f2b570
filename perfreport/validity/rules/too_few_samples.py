"""A graded percentile rests on too few samples.

Symptom: a percentile of a phase, scenario or endpoint with few requests.
Why it hurts: with n samples the largest one is below the true percentile with probability p^n.
As long as that is more than 2.5 %, no sample bounds the percentile from above and the figure is
chance.
How detected: the samples of every percentile that was asked for, against the least number with a
95 % interval: 72 for p(95), 368 for p(99), 3,688 for p(99.9). The grade of such a percentile is
inconclusive by itself; this finding is a note that says which test length would do.
False positives: none; percentiles without any sample are NO_DATA, not few.
Reference: W. J. Conover, "Practical Nonparametric Statistics", 3rd ed., 3.2.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.measurement import Measurement

TAIL = 0.025
PERCENTILE = re.compile(r"p\((\d+(?:\.\d+)?)\)")
MOST_ROWS = 12


def samples_needed(percent: float) -> int:
    """Least number of samples that bounds a percentile from both sides at 95 %."""
    beyond = max(percent, 100 - percent) / 100
    return 1 if beyond >= 1 else math.ceil(math.log(TAIL) / math.log(beyond))


def _percentiles(case: Case) -> list[tuple[Measurement, int]]:
    found = []
    for measured in case.measurements.selected:
        stat = "p(50)" if measured.selector.stat == "med" else measured.selector.stat
        match = PERCENTILE.fullmatch(stat)
        if match and measured.n:
            found.append((measured, samples_needed(float(match[1]))))
    return found


def detect(case: Case) -> Iterator[Finding]:
    """Report every graded percentile with too few samples."""
    few = [(measured, needed) for measured, needed in _percentiles(case) if measured.n < needed]
    if not few:
        return
    worst = min(few, key=lambda entry: entry[0].n / entry[1])
    yield doubt(
        PLUGIN.id,
        ValidityLevel.VALID,
        title=message("findings.too-few-samples.title"),
        summary=message(
            "findings.too-few-samples.summary",
            count=len(few),
            stat=worst[0].selector.stat,
            n=worst[0].n,
            needed=worst[1],
        ),
        effect=message("findings.too-few-samples.effect"),
        evidence=(
            Table(
                title=message("findings.too-few-samples.table"),
                headings=(
                    message("validity.label.metric"),
                    message("validity.label.stat"),
                    message("validity.label.phase"),
                    message("validity.label.tags"),
                    message("validity.label.samples"),
                    message("validity.label.needed"),
                ),
                rows=tuple(
                    (
                        measured.selector.metric,
                        measured.selector.stat,
                        measured.selector.phase,
                        ", ".join(f"{key}={value}" for key, value in measured.selector.where),
                        measured.n,
                        needed,
                    )
                    for measured, needed in few[:MOST_ROWS]
                ),
            ),
        ),
        remedies=(message("findings.too-few-samples.remedy"),),
    )


PLUGIN = Rule(
    "too-few-samples",
    Category.VALIDITY,
    (Need(message("validity.need.percentile"), lambda case: bool(_percentiles(case))),),
    detect,
)
