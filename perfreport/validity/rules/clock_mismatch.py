"""A recording that should cover the test lies wholly before or after it.

Symptom: times of a GC log, of metrics or of host statistics do not overlap the load at all.
Why it hurts: what it tells happened at another time, or its clock is wrong; held against the
load it would blame or acquit by accident, so it is left out of every cause.
How detected: the first and last time of the file on its own clock against the load's; only files
that record all the time are looked at, and only those whose clock is known.
False positives: a recording of another test of the same server, left in the folder.
Reference: NTP; JDK unified logging, decorations `time` and `utctime`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import seconds
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt
from perfreport.validity._needs import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.source import SourceRef
    from perfreport.rules import Case

_RECORDINGS = frozenset({"gc-log", "metric-series", "host-stats"})
# A recording this short is a single look, made before or after the test on purpose.
_SHORTEST_NS = 10_000_000_000


def detect(case: Case) -> Iterator[Finding]:
    """Report the recordings that miss the load, and by how much."""
    start, end = case.phases.start_ns, case.phases.end_ns
    away = [
        (ref, apart)
        for ref in case.run.sources
        if ref.kind in _RECORDINGS and (apart := _apart(ref, start, end)) > 0
    ]
    if not away:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.VALID,
        title=message("findings.clock-mismatch.title"),
        summary=message(
            "findings.clock-mismatch.summary",
            path=away[0][0].path,
            apart=seconds(away[0][1] / 1e9),
            count=len(away),
        ),
        effect=message("findings.clock-mismatch.effect"),
        evidence=(
            Table(
                title=message("findings.clock-mismatch.table"),
                headings=(message("validity.label.file"), message("validity.label.apart")),
                rows=tuple((ref.path, seconds(apart / 1e9)) for ref, apart in away),
                provenance=tuple(Provenance(ref.path) for ref, _ in away),
            ),
        ),
        remedies=(message("findings.clock-mismatch.remedy"),),
    )


def _apart(ref: SourceRef, start_ns: int, end_ns: int) -> int:
    """Nanoseconds between a recording and the load; 0 where they touch or nothing tells."""
    if not ref.clock.correlated or ref.start_ns is None or ref.end_ns is None:
        return 0
    if ref.end_ns - ref.start_ns < _SHORTEST_NS:
        return 0
    return max(0, ref.start_ns - end_ns, start_ns - ref.end_ns)


PLUGIN = Rule("clock-mismatch", Category.VALIDITY, (SAMPLES,), detect)
