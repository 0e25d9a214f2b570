"""A recording of the server falls silent while the load goes on.

Symptom: samples come at a steady rhythm, stop for a while and go on; or begin after the load has,
or end before it.
Why it hurts: what the server did in that time is unknown, and it is often the worst: exporters
stop answering when a server is busy. A mean over the rest would speak for it.
How detected: five usual intervals of the file's own rhythm and more without any sample, for at
least a twentieth of the load; not where another file fills the stretch.
False positives: a recording that was started late on purpose; what it misses is unknown all the
same.
Reference: Prometheus, staleness and the `up` metric.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import run_signals
from perfreport.measure.silence import rhythm, unheard
from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.signal import Signals
from perfreport.model.source import Provenance
from perfreport.model.units import seconds
from perfreport.rules import Need, Rule
from perfreport.validity._evidence import doubt
from perfreport.validity._needs import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.finding import Finding
    from perfreport.model.measurement import Integers
    from perfreport.rules import Case

_WORTH = 0.05  # share of the load
_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class _Gap:
    path: str
    start_ns: int
    end_ns: int
    usual_ns: float

    @property
    def seconds(self) -> float:
        return (self.end_ns - self.start_ns) / 1e9


def detect(case: Case) -> Iterator[Finding]:
    """Report the longest stretches first."""
    start, end = case.phases.start_ns, case.phases.end_ns
    joined = run_signals(case.run)
    gaps = [
        gap
        for path, facts in _by_path(case).items()
        for gap in _gaps(path, _times(facts), start, end)
        if gap.end_ns - gap.start_ns >= _WORTH * (end - start) and _open(gap, facts, joined)
    ]
    if not gaps:
        return
    gaps.sort(key=lambda gap: (gap.start_ns - gap.end_ns, gap.path, gap.start_ns))
    worst = gaps[0]
    yield doubt(
        PLUGIN.id,
        ValidityLevel.VALID,
        title=message("findings.source-gap.title"),
        summary=message(
            "findings.source-gap.summary",
            path=worst.path,
            silent=seconds(worst.seconds),
            usual=seconds(worst.usual_ns / 1e9),
            count=len({gap.path for gap in gaps}),
        ),
        effect=message("findings.source-gap.effect"),
        evidence=(
            Table(
                title=message("findings.source-gap.table"),
                headings=(
                    message("validity.label.file"),
                    message("validity.label.from-start"),
                    message("validity.label.silence"),
                ),
                rows=tuple(
                    (gap.path, seconds((gap.start_ns - start) / 1e9), seconds(gap.seconds))
                    for gap in gaps[:_MOST_ROWS]
                ),
                provenance=tuple(
                    Provenance(gap.path, start_ns=gap.start_ns, end_ns=gap.end_ns)
                    for gap in gaps[:_MOST_ROWS]
                ),
            ),
        ),
        remedies=(message("findings.source-gap.remedy"),),
    )


def _by_path(case: Case) -> dict[str, list[Signals]]:
    found: dict[str, list[Signals]] = {}
    for fact in case.run.of(Signals):
        if fact.source.clock.correlated:
            found.setdefault(fact.source.path, []).append(fact)
    return found


def _times(facts: list[Signals]) -> Integers:
    """When the file says anything at all."""
    known = [one.times_ns[~np.isnan(one.values)] for fact in facts for one in fact.series]
    return np.unique(np.concatenate([np.empty(0, np.int64), *known]))


def _gaps(path: str, times_ns: Integers, start_ns: int, end_ns: int) -> Iterator[_Gap]:
    usual = rhythm(times_ns)
    if usual is None or times_ns[-1] <= start_ns or times_ns[0] >= end_ns:
        return
    for begin, until in unheard(times_ns, start_ns, end_ns):
        yield _Gap(path, begin, until, usual)


def _open(gap: _Gap, facts: list[Signals], joined: RunSignals) -> bool:
    """Whether no other file tells of one of the file's signals in that time."""
    names = {one.signal for fact in facts for one in fact.series}
    return any(
        not any(
            ((one.times_ns > gap.start_ns) & (one.times_ns < gap.end_ns)).any()
            for one in joined.by_signal.get(name, ())
        )
        for name in names
    )


PLUGIN = Rule(
    "source-gap",
    Category.VALIDITY,
    (
        SAMPLES,
        Need(message("validity.need.recordings"), lambda case: bool(_by_path(case))),
    ),
    detect,
)
