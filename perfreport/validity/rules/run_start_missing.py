"""The beginning of the run is not among the samples.

Symptom: fewer connections were opened than VUs were active at once.
Why it hurts: the first seconds, with their cold caches and pools, are not in the figures, and
without a plan nobody can tell how much is missing.
How detected: a VU of k6 opens its own connection with its first request, so the requests that
connected (or failed to) are at least as many as the most VUs active at a tick, but for those
whose first request never ended. Fewer rule out a pass. Only scripts whose iterations make HTTP
requests are looked at.
False positives: VUs that were active only in the last moments may not have finished a first
request: the last ticks, as long as the longest iteration, are left out.
Reference: k6 documentation, "noVUConnectionReuse".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import in_flight, interrupted, of_iterations, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.store import SampleStore

USUAL = 0.9  # requests per iteration, at least


def _connecting(case: Case) -> bool:
    samples = case.run.one(LoadSamples)
    if samples is None:
        return False
    store = samples.store
    counts = [store.count(metric) for metric in ("vus", "iterations", "http_req_connecting")]
    return all(counts) and of_iterations(store, "http_reqs") >= USUAL * counts[1]


def detect(case: Case) -> Iterator[Finding]:
    """Report VUs that must have connected before the samples begin."""
    samples = samples_of(case)
    store = samples.store
    flight = in_flight(samples)
    taken = store.samples("iteration_duration").values
    longest = float(taken.max()) if len(taken) else 0.0
    known = flight.vus[flight.at_ns < samples.end_ns - round(longest * 1e9)]
    if not len(known):
        return
    opened = int((store.samples("http_req_connecting").values > 0).sum()) + _refused(store)
    most = int(known.max())
    if opened + interrupted(store) >= most:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID,
        title=message("findings.run-start-missing.title"),
        summary=message("findings.run-start-missing.summary", vus=most, opened=opened),
        effect=message("findings.run-start-missing.effect"),
        evidence=(
            figures(
                (message("validity.label.most-vus"), most, within(samples)),
                (message("validity.label.connections"), opened, within(samples)),
            ),
        ),
        remedies=(message("findings.run-start-missing.remedy"),),
    )


def _refused(store: SampleStore) -> int:
    """Requests that never got a connection, or an answer on it: k6 gives them status 0."""
    found = store.samples("http_req_connecting")
    codes, labels = store.codes("status")
    none = [number for number, label in enumerate(labels) if label == "0"]
    return int(np.isin(codes[found.tagsets], none).sum())


PLUGIN = Rule(
    "run-start-missing",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.connections"), _connecting)),
    detect,
)
