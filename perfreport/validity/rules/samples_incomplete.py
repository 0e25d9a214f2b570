"""The samples are not all that k6 measured.

Symptom: counts that must be equal in every k6 output differ: samples against k6's summary or
console log, the parts of a request or of an iteration against each other, a metric that k6
announced against its samples.
Why it hurts: the missing samples may be the slow or the failed ones. No statistic of the rest can
be trusted, and deleting data must never make a run look better.
How detected: exact relations that hold in runs of k6 0.57 to 2.2 (one request is nine samples, one
iteration end four; k6 declares a metric right before its first sample). Any difference rules out a
pass; metrics that are missing as a whole and that nothing announced may have been filtered out
on purpose, and make the run questionable.
False positives: samples of Infinity that k6 2.x can't write are told by its console log and left
to `lost-samples`. Requests without an expected response have no http_req_failed by design.
Reference: k6 documentation, "JSON output" and "Built-in metrics".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.rules import Rule
from perfreport.validity._completeness import discrepancies
from perfreport.validity._evidence import doubt, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

MOST_ROWS = 12


def detect(case: Case) -> Iterator[Finding]:
    """Report all counts that don't agree, in one finding."""
    found = discrepancies(case)
    if not found:
        return
    chosen = all(entry.by_choice for entry in found)
    level = ValidityLevel.QUESTIONABLE if chosen else ValidityLevel.INVALID
    worst = max(found, key=lambda entry: (not entry.by_choice, abs(entry.lost)))
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.samples-incomplete.title"),
        summary=message(
            "findings.samples-incomplete.summary",
            what=worst.what,
            expected=worst.expected,
            found=worst.found,
            count=len(found),
        ),
        effect=message("findings.samples-incomplete.effect-questionable")
        if chosen
        else message("findings.samples-incomplete.effect-invalid"),
        evidence=(
            Table(
                title=message("findings.samples-incomplete.table"),
                headings=(
                    message("validity.label.relation"),
                    message("validity.label.expected"),
                    message("validity.label.found"),
                ),
                rows=tuple(
                    (entry.what, entry.expected, entry.found) for entry in found[:MOST_ROWS]
                ),
                provenance=(within(samples_of(case)),),
            ),
        ),
        remedies=(message("findings.samples-incomplete.remedy"),),
    )


PLUGIN = Rule("samples-incomplete", Category.VALIDITY, (SAMPLES,), detect)
