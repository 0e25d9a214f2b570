"""A results file is cut off, or lines of it could not be read.

Symptom: the last line is torn, the compressed stream ends early, or lines in the middle are not
k6's.
Why it hurts: what is missing after a cut is unknown, and it is the end of the run, where trouble
shows. Lines lost in the middle are counted, but what they held is unknown.
How detected: the losses that the sources counted. A cut file rules out a pass, unless k6's own
counts equal those of the samples. Lost lines up to 0.1 % are questionable, more rule out a pass.
False positives: text mixed into the results (k6 writing both to standard output) is skipped and
counted too; k6's own counts then show that nothing is missing, and it becomes a note.
Reference: k6 documentation, "JSON output".
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
from perfreport.validity._tally import confirmed, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

RESULTS = ("k6-json", "k6-csv")
CUT = ("problem.archive-cut", "problem.k6-last-line-torn")
BOUNDED = 0.001  # share of the lines


def detect(case: Case) -> Iterator[Finding]:
    """Report each results file with losses."""
    used = set(samples_of(case).paths)
    whole = confirmed(case.run)
    for ref in case.run.sources:
        if ref.kind not in RESULTS or (used and ref.path not in used):
            continue
        problems = [problem for problem in case.run.problems if problem.path == ref.path]
        cut = [problem for problem in problems if problem.message.key in CUT]
        if not ref.skipped and not cut:
            continue
        lost = ref.skipped / max(ref.skipped + ref.records, 1)
        level = (
            ValidityLevel.VALID
            if whole
            else ValidityLevel.INVALID
            if cut or lost > BOUNDED
            else ValidityLevel.QUESTIONABLE
        )
        table = Table(
            title=message("validity.figures"),
            headings=(
                message("validity.label.file"),
                message("validity.label.records"),
                message("validity.label.lost-lines"),
            ),
            rows=((ref.path, ref.records, ref.skipped),),
            provenance=tuple(Provenance(ref.path, problem.line) for problem in problems),
        )
        yield doubt(
            PLUGIN.id,
            level,
            title=message("findings.file-torn.title"),
            summary=message("findings.file-torn.summary-cut", path=ref.path)
            if cut
            else message("findings.file-torn.summary-lines", path=ref.path, count=ref.skipped),
            effect={
                ValidityLevel.VALID: message("findings.file-torn.effect-valid"),
                ValidityLevel.QUESTIONABLE: message("findings.file-torn.effect-questionable"),
                ValidityLevel.INVALID: message("findings.file-torn.effect-invalid"),
            }[level],
            evidence=(table,),
            remedies=(message("findings.file-torn.remedy"),),
        )


PLUGIN = Rule("file-torn", Category.VALIDITY, (SAMPLES,), detect)
