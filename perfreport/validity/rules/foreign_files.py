"""k6's summary beside the samples counts something else: it is of another run or instance.

Symptom: a summary in the same folder that fits no samples there.
Why it hurts: either it is left over from another run, or the samples of one instance of a
distributed run are missing, and the figures cover only part of the load.
How detected: the summaries that could not be joined to any samples while the files were read.
Which of the two it is can't be told, so no pass can be claimed.
False positives: an old summary in the folder of a complete run: take it out.
Reference: k6 documentation, "Running distributed tests".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt
from perfreport.validity._needs import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.source import Problem
    from perfreport.rules import Case

CONTRADICTS = "problem.contradicts-run"
SUMMARIES = "k6-summary"


def detect(case: Case) -> Iterator[Finding]:
    """Report the summaries that fit no samples."""
    strange = [problem for problem in case.run.problems if _of_a_summary(problem)]
    if not strange:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID,
        title=message("findings.foreign-files.title"),
        summary=message(
            "findings.foreign-files.summary",
            count=len(strange),
            paths=tuple(problem.path for problem in strange),
        ),
        effect=message("findings.foreign-files.effect"),
        evidence=(
            Table(
                title=message("findings.foreign-files.table"),
                headings=(message("validity.label.file"),),
                rows=tuple((problem.path,) for problem in strange),
                provenance=tuple(Provenance(problem.path) for problem in strange),
            ),
        ),
        remedies=(message("findings.foreign-files.remedy"),),
    )


def _of_a_summary(problem: Problem) -> bool:
    return (
        problem.message.key == CONTRADICTS and dict(problem.message.params).get("kind") == SUMMARIES
    )


PLUGIN = Rule("foreign-files", Category.VALIDITY, (SAMPLES,), detect)
