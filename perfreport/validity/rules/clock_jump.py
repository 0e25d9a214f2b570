"""The clock of the load generator was set back during the run.

Symptom: the one-second ticks of the VU gauge step back in time.
Why it hurts: rates per second, phases and the alignment with server data are wrong around the
jump. Durations are not: k6 measures them on a monotonic clock.
How detected: a tick half a second and more before the one written just before it in the same
file. Jumps forward look like missing ticks and are told by `samples-gap`.
False positives: files of several instances, one after the other, step back once at each border;
runs merged from several files are skipped.
Reference: Go package time, "Monotonic Clocks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.units import seconds
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding

BACK_NS = 500_000_000


def _one_instance(case: Case) -> bool:
    samples = case.run.one(LoadSamples)
    return samples is not None and len(samples.paths) <= 1 and samples.store.count("vus") > 1


def detect(case: Case) -> Iterator[Finding]:
    """Report a clock that went back."""
    samples = samples_of(case)
    times = samples.store.samples("vus").times_ns
    steps = np.diff(times)
    back = np.flatnonzero(steps <= -BACK_NS)
    if not len(back):
        return
    at = int(times[back[0]])
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE,
        title=message("findings.clock-jump.title"),
        summary=message("findings.clock-jump.summary", back=seconds(-float(steps.min()) / 1e9)),
        effect=message("findings.clock-jump.effect"),
        evidence=(figures((message("validity.label.jumps"), len(back), within(samples, at, at))),),
        remedies=(message("findings.clock-jump.remedy"),),
    )


PLUGIN = Rule(
    "clock-jump",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.one-gauge"), _one_instance)),
    detect,
)
