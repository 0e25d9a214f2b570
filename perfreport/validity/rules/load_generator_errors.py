"""Requests failed on the load generator itself, before they reached the system.

Symptom: errors such as "cannot assign requested address", "too many open files" or a name that
can't be resolved.
Why it hurts: these failures say nothing about the system under test; they are counted as its
errors, and the load they stand for never arrived.
How detected: k6's `error` tag of failed requests. One request is enough for a note, 0.1 % of the
requests is questionable, 5 % rules out a pass.
False positives: a name that disappears during the run may be a fault of the system's own service
discovery.
Reference: k6 documentation, "Error codes" and "Fine-tune OS".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

OWN = (
    "cannot assign requested address",
    "address already in use",
    "only one usage of each socket address",
    "too many open files",
    "no buffer space available",
    "cannot allocate memory",
    "no such host",
    "lookup",
    "blacklisted ip",
    "blocked hostname",
)
QUESTIONABLE = 0.001
INVALID = 0.05
MOST_ROWS = 5


def detect(case: Case) -> Iterator[Finding]:
    """Report the load generator's own errors."""
    samples = samples_of(case)
    store = samples.store
    found = store.samples("http_reqs")
    codes, labels = store.codes("error")
    if not len(found) or not labels:
        return
    counts = np.bincount(codes[found.tagsets] + 1, minlength=len(labels) + 1)[1:]
    own = {
        label: int(count)
        for label, count in zip(labels, counts, strict=True)
        if count and any(word in label.lower() for word in OWN)
    }
    total = sum(own.values())
    if not total:
        return
    part = total / len(found)
    level = (
        ValidityLevel.INVALID
        if part >= INVALID
        else ValidityLevel.QUESTIONABLE
        if part >= QUESTIONABLE
        else ValidityLevel.VALID
    )
    rows = sorted(own.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_ROWS]
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.load-generator-errors.title"),
        summary=message("findings.load-generator-errors.summary", count=total, share=share(part)),
        effect={
            ValidityLevel.VALID: message("findings.load-generator-errors.effect-valid"),
            ValidityLevel.QUESTIONABLE: message(
                "findings.load-generator-errors.effect-questionable"
            ),
            ValidityLevel.INVALID: message("findings.load-generator-errors.effect-invalid"),
        }[level],
        evidence=(
            Table(
                title=message("findings.load-generator-errors.table"),
                headings=(message("validity.label.error"), message("validity.label.count")),
                rows=tuple(rows),
                provenance=(within(samples),),
            ),
        ),
        remedies=(message("findings.load-generator-errors.remedy"),),
    )


PLUGIN = Rule("load-generator-errors", Category.VALIDITY, (SAMPLES,), detect)
