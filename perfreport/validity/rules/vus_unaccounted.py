"""More VUs were active than the iterations in the samples can account for.

Symptom: at its one-second ticks k6 counted more active VUs than iterations were running by the
samples (or fewer).
Why it hurts: iterations are missing from the samples, or they hung and never finished. Both would
be the slow ones: percentiles of what is there flatter the system.
How detected: every active VU runs exactly one iteration, so the gauge equals the number of
iterations in flight at every tick, to the last VU. Iterations that k6 interrupted leave no
duration, but they do leave `data_sent`: that many VUs are allowed for. More than 1 % of all
VU-ticks (and at least 4) unexplained rules out a pass; where k6's own counts show that no sample
is missing, VUs hung or waited, and the run is questionable.
False positives: the end of an aborted run, where iterations were cut off, is left out. Files with
times in whole seconds can't be compared tick by tick and are skipped; runs merged from several
instances, whose ticks don't coincide, are compared on average, within 10 %.
Reference: J. D. C. Little, "A Proof for the Queuing Formula L = λW", 1961.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.phases import ended_normally
from perfreport.rules import Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import Flight, confirmed, in_flight, interrupted, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case

UNEXPLAINED = 0.01
UNEXPLAINED_MERGED = 0.10
FEWEST = 4  # VU-ticks


def _comparable(case: Case) -> bool:
    samples = case.run.one(LoadSamples)
    if samples is None:
        return False
    store = samples.store
    if not store.count("vus") or not store.count("iteration_duration"):
        return False
    return bool((store.samples("iteration_duration").times_ns % 1_000_000_000).any())


def _explained(case: Case) -> Flight:
    """Leave out the end of a run that was not let finish: its last iterations left no duration."""
    samples = samples_of(case)
    flight = in_flight(samples)
    if ended_normally(case.run):
        return flight
    longest = float(samples.store.samples("iteration_duration").values.max())
    whole = flight.at_ns < samples.end_ns - round(longest * 1e9)
    return Flight(flight.at_ns[whole], flight.vus[whole], flight.flying[whole])


def detect(case: Case) -> Iterator[Finding]:
    """Report VU-ticks without an iteration, and iterations without a VU."""
    samples = samples_of(case)
    flight = _explained(case)
    instances = max(len(samples.paths), 1)
    if not len(flight.vus):
        return
    hung = interrupted(samples.store)
    # Each instance reports its own VUs, so their ticks add up to what is in flight on average.
    flying = flight.flying / instances
    difference = flight.vus - flying
    allowed = hung if instances == 1 else hung / instances
    idle = np.maximum(difference - allowed, 0) if instances == 1 else difference
    extra = np.maximum(-difference, 0) if instances == 1 else np.zeros_like(difference)
    unexplained = abs(float((idle + extra).sum()))
    total = max(float(flight.vus.sum()), float(flying.sum()), 1.0)
    limit = UNEXPLAINED if instances == 1 else UNEXPLAINED_MERGED
    if unexplained < FEWEST or unexplained / total <= limit:
        return
    worst = int(np.argmax(np.abs(difference)))
    at = int(flight.at_ns[worst])
    # Where k6 counted as many iterations as there are, they are not missing: VUs hung or waited.
    whole = confirmed(case.run)
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE if whole else ValidityLevel.INVALID,
        title=message("findings.vus-unaccounted.title"),
        summary=message("findings.vus-unaccounted.summary", share=share(unexplained / total)),
        effect=message("findings.vus-unaccounted.effect-questionable")
        if whole
        else message("findings.vus-unaccounted.effect-invalid"),
        evidence=(
            figures(
                (message("validity.label.vu-ticks"), round(total), within(samples)),
                (message("validity.label.unexplained"), round(unexplained), within(samples)),
                (
                    message("validity.label.worst-vus"),
                    round(float(flight.vus[worst])),
                    within(samples, at, at),
                ),
                (
                    message("validity.label.worst-flying"),
                    round(float(flying[worst])),
                    within(samples, at, at),
                ),
            ),
        ),
        remedies=(message("findings.vus-unaccounted.remedy"),),
    )


PLUGIN = Rule(
    "vus-unaccounted",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.vus"), _comparable)),
    detect,
)
