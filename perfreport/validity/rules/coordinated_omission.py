"""VUs waited for slow answers instead of asking again: percentiles flatter the system.

Symptom: within a hold of constant VUs the request rate collapses for a while just as the answers
get slow.
Why it hurts: a closed workload sends less while the system is slow, so slow moments are sampled
less often than users would meet them. Percentiles weigh them too little.
How detected: in each hold of a plan with VU executors, seconds in which fewer than half of the
usual requests end, while requests are under way that take at least three times the usual time.
The requests that were left out are counted back in, spread evenly up to the mean time of those
under way, which is a lower bound. It is a note from 1 % of the requests on; where that p(99) is
more than 1.5 times the measured one the run is questionable.
False positives: scenarios with an arrival rate keep asking and drop visibly, so plans that have
any are not looked at; neither are ramps.
Reference: G. Tene, "How NOT to Measure Latency"; HdrHistogram, "coordinated omission" correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import Executor, LoadPlan
from perfreport.model.message import message
from perfreport.model.phase import LoadUnit, PhaseKind
from perfreport.model.units import seconds
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.load import LoadSamples
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.phase import Phase

HELD = (PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY)
SHORTEST = 5  # seconds of a hold
BUSY = 5.0  # usual requests per second that make a collapse visible
COLLAPSE = 0.5
SLOW = 3.0
OMITTED = 0.01
FLATTERED = 1.5


@dataclass(frozen=True, slots=True)
class Omission:
    """What a hold left out: requests, and p(99) as measured and with them."""

    phase: Phase
    omitted: float
    requests: int
    measured: float
    corrected: float


def _closed(case: Case) -> bool:
    plan = case.run.one(LoadPlan)
    if plan is not None:
        return all(
            not each.executor.is_open and each.executor is not Executor.EXTERNALLY_CONTROLLED
            for each in plan.scenarios
        )
    held = [phase for phase in case.phases.phases if phase.kind in HELD]
    return bool(held) and all(phase.unit is LoadUnit.VUS for phase in held)


def detect(case: Case) -> Iterator[Finding]:
    """Report the hold whose percentiles are flattered most."""
    samples = samples_of(case)
    found = [
        omission
        for phase in case.phases.phases
        if phase.reached and phase.kind in HELD and phase.seconds >= SHORTEST
        for omission in [_omission(samples, phase)]
        if omission is not None and omission.omitted >= OMITTED * omission.requests
    ]
    if not found:
        return
    worst = max(found, key=lambda each: each.corrected / each.measured)
    strong = worst.corrected > FLATTERED * worst.measured
    phase = worst.phase
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE if strong else ValidityLevel.VALID,
        title=message("findings.coordinated-omission.title"),
        summary=message(
            "findings.coordinated-omission.summary",
            phase=phase.title,
            omitted=round(worst.omitted),
            measured=seconds(worst.measured),
            corrected=seconds(worst.corrected),
        ),
        effect=message("findings.coordinated-omission.effect-questionable")
        if strong
        else message("findings.coordinated-omission.effect-valid"),
        evidence=(
            figures(
                (
                    message("validity.label.requests"),
                    worst.requests,
                    within(samples, phase.start_ns, phase.end_ns),
                ),
                (message("validity.label.omitted"), round(worst.omitted), None),
                (message("validity.label.p99-measured"), seconds(worst.measured), None),
                (message("validity.label.p99-corrected"), seconds(worst.corrected), None),
            ),
        ),
        remedies=(message("findings.coordinated-omission.remedy"),),
    )


def _omission(samples: LoadSamples, phase: Phase) -> Omission | None:
    found = samples.store.samples("http_req_duration", start_ns=phase.start_ns, end_ns=phase.end_ns)
    length = int(phase.seconds)
    if len(found) < BUSY * length:
        return None
    second = np.minimum((found.times_ns - phase.start_ns) // 1_000_000_000, length - 1)
    counts = np.bincount(second, minlength=length).astype(float)
    usual, usual_time = float(np.median(counts)), float(np.median(found.values))
    waiting = _under_way(second, found.values, SLOW * usual_time, length)
    stalled = (counts < COLLAPSE * usual) & (waiting > 0)
    left_out = np.where(stalled, usual - counts, 0.0)
    if not stalled.any():
        return None
    added = [
        np.linspace(0.0, waiting[place], round(left_out[place]) + 2)[1:-1]
        for place in np.flatnonzero(stalled)
    ]
    measured = float(np.quantile(found.values, 0.99))
    corrected = float(np.quantile(np.concatenate([found.values, *added]), 0.99))
    return Omission(
        phase, float(left_out.sum()), len(found), max(measured, 1e-9), max(measured, corrected)
    )


def _under_way(second: Integers, taken: Floats, slow: float, length: int) -> Floats:
    """Mean time of the slow requests that were running in each second; 0 where there were none."""
    late = taken >= slow
    last = second[late]
    first = np.maximum(last - np.floor(taken[late]).astype(np.int64), 0)
    sums, counts = np.zeros(length + 1), np.zeros(length + 1)
    for totals, weights in ((sums, taken[late]), (counts, np.ones(len(last)))):
        np.add.at(totals, first, weights)
        np.add.at(totals, last + 1, -weights)
    running = np.cumsum(counts)[:-1]
    return np.where(running > 0.5, np.cumsum(sums)[:-1] / np.maximum(running, 1), 0.0)


PLUGIN = Rule(
    "coordinated-omission",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.closed-model"), _closed)),
    detect,
)
