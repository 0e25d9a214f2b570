"""The load generator had too few VUs for the planned rate, whatever the system did.

Symptom: iterations are dropped while all VUs are busy, and the system answers no slower than
before the drops.
Why it hurts: the limit that was measured is k6's own. The run says nothing about the capacity
of the system, and its latency belongs to a smaller load than planned.
How detected: at least 1 % of the due iterations dropped; by Little's law the due rate times the
iteration time needs at least 95 % of the VUs there were; at least 70 % of them were busy while
iterations were dropped; and the typical request of each endpoint took at most 1.25 times as long
as in the fastest tenth of the run.
False positives: a system that slows down also exhausts VUs. Then its requests take longer than in
its best time, and this rule stays silent: `iterations-dropped` tells the drops.
Reference: J. D. C. Little, "A Proof for the Queuing Formula L = λW", 1961; k6 documentation,
"Arrival-rate VU allocation".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.units import per_second, seconds, share
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of, started_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.load import LoadSamples
    from perfreport.rules import Case

DROPPED = 0.01
NEEDED = 0.95  # of the VUs there were
BUSY = 0.7
SLOWER = 1.25
TENTHS = 10
FEWEST = 5  # requests that tell how long one takes


@dataclass(frozen=True, slots=True)
class Demand:
    """What one scenario asked for while iterations were dropped."""

    scenario: str | None
    due_rate: float
    iteration_seconds: float

    @property
    def vus(self) -> float:
        """VUs it needs, by Little's law."""
        return self.due_rate * self.iteration_seconds


def detect(case: Case) -> Iterator[Finding]:
    """Report a VU limit that could not carry the planned rate."""
    samples = samples_of(case)
    store = samples.store
    drops = store.samples("dropped_iterations")
    lost, done = float(drops.values.sum()), float(store.count("iterations"))
    gauge, limits = store.series("vus"), store.samples("vus_max").values
    if not lost or lost / (lost + done) < DROPPED or not len(limits):
        return
    begin, end = int(drops.times_ns.min()), int(drops.times_ns.max())
    during = gauge.values[(gauge.times_ns >= begin) & (gauge.times_ns <= end)]
    limit = float(limits.max())
    if len(during) < 2 or end - begin < 1e9 or float(during.mean()) < BUSY * limit:
        return
    demands = _demands(samples, begin, end)
    needed = sum(demand.vus for demand in demands)
    slowdown = _slowdown(samples, begin, end)
    if needed < NEEDED * limit or slowdown is None or slowdown > SLOWER:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID,
        title=message("findings.load-generator-bound.title"),
        summary=message(
            "findings.load-generator-bound.summary",
            needed=round(needed, 1),
            limit=round(limit),
            share=share(lost / (lost + done)),
        ),
        effect=message("findings.load-generator-bound.effect"),
        evidence=(
            figures(
                (
                    message("validity.label.vus-busy"),
                    round(float(during.mean()), 1),
                    within(samples, begin, end),
                ),
                (message("validity.label.vus-limit"), round(limit), within(samples)),
                (
                    message("validity.label.slowdown"),
                    round(slowdown, 2),
                    within(samples, begin, end),
                ),
            ),
            Table(
                title=message("findings.load-generator-bound.table"),
                headings=(
                    message("validity.label.scenario"),
                    message("validity.label.due-rate"),
                    message("validity.label.iteration-time"),
                    message("validity.label.vus-needed"),
                ),
                rows=tuple(
                    (
                        demand.scenario,
                        per_second(demand.due_rate),
                        seconds(demand.iteration_seconds),
                        round(demand.vus, 1),
                    )
                    for demand in demands
                ),
                provenance=(within(samples, begin, end),),
            ),
        ),
        remedies=(
            message("findings.load-generator-bound.remedy", needed=int(np.ceil(needed * 1.3))),
        ),
    )


def _demands(samples: LoadSamples, begin: int, end: int) -> list[Demand]:
    store = samples.store
    taken, drops = store.samples("iteration_duration"), store.samples("dropped_iterations")
    codes, labels = store.codes("scenario")
    began = started_at(store)
    demands = []
    for code in np.unique(codes[taken.tagsets]):
        mine = codes[taken.tagsets] == code
        times, starts = taken.values[mine], began[mine]
        inside = (starts >= begin) & (starts <= end)
        refused = drops.values[codes[drops.tagsets] == code].sum()
        if not inside.any():
            continue
        due = (inside.sum() + refused) / ((end - begin) / 1e9)
        name = labels[code] if code >= 0 else None
        demands.append(Demand(name, float(due), float(times[inside].mean())))
    return demands


def _slowdown(samples: LoadSamples, begin: int, end: int) -> float | None:
    """How much longer requests took while iterations were dropped than in their best time.

    The median of each endpoint against that of its fastest tenth of the run, weighted by the
    time spent on the endpoint. None where no endpoint has enough requests.
    """
    store = samples.store
    found = store.series("http_req_duration")
    codes, _ = store.codes("name")
    inside = (found.times_ns >= begin) & (found.times_ns <= end)
    ratios, weights = [], []
    for code in np.unique(codes[found.tagsets]):
        mine = codes[found.tagsets] == code
        values, during = found.values[mine], found.values[mine & inside]
        if len(values) < 2 * FEWEST or len(during) < FEWEST:
            continue
        parts = np.array_split(values, min(TENTHS, len(values) // FEWEST))
        best = min(float(np.median(part)) for part in parts)
        ratios.append(float(np.median(during)) / max(best, 1e-9))
        weights.append(float(during.sum()))
    return float(np.average(ratios, weights=weights)) if ratios and sum(weights) else None


PLUGIN = Rule("load-generator-bound", Category.VALIDITY, (SAMPLES,), detect)
