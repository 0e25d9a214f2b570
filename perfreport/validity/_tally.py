"""Counts that several rules ask for: what a run's samples hold, and what k6 itself counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import ConsoleLog, LoadSamples, LoadSummary, MetricType
from perfreport.phases import ended_normally

if TYPE_CHECKING:
    from perfreport.model.load import SummaryMetric
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.run import TestRun
    from perfreport.rules import Case
    from perfreport.store import SampleStore

OUTSIDE = ("::setup", "::teardown")
DERIVED = ("checks_total", "checks_succeeded", "checks_failed")  # of the machine-readable summary


def samples_of(case: Case) -> LoadSamples:
    """The samples of a case that has them (rules say so by their needs)."""
    samples = case.run.one(LoadSamples)
    if samples is None:
        msg = "a rule asked for samples without needing them"
        raise LookupError(msg)
    return samples


def by_scenario(store: SampleStore, metric: str) -> dict[str | None, float]:
    """Sum of a counter per scenario."""
    return {total.value: total.sum for total in store.totals(metric, by="scenario")}


def of_iterations(store: SampleStore, metric: str) -> int:
    """How many samples of a metric were written by iterations, not by setup() or teardown()."""
    found = store.samples(metric)
    codes, labels = store.codes("group")
    hidden = [number for number, label in enumerate(labels) if label in OUTSIDE]
    return int((~np.isin(codes[found.tagsets], hidden)).sum()) if len(found) else 0


def started_at(store: SampleStore) -> Integers:
    """When each finished iteration began, in UTC ns, in file order."""
    found = store.samples("iteration_duration")
    return found.times_ns - np.rint(found.values * 1e9).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Count:
    """One count of k6's summary beside the samples'; `found` None: no sample of that metric."""

    metric: str
    counted: float
    found: float | None

    @property
    def lost(self) -> float:
        """Share of the counted samples that is not there; negative where there are more."""
        return 1 - (self.found or 0.0) / self.counted if self.counted else 0.0


def counts_by_k6(run: TestRun) -> tuple[Count, ...]:
    """Every count of the summary that the samples can be held against."""
    samples = run.one(LoadSamples)
    summary = next((each for each in run.of(LoadSummary) if each.metrics), None)
    if samples is None or summary is None:
        return ()
    store = samples.store
    counts: list[Count] = []
    for metric in summary.metrics:
        if "{" in metric.name or metric.name in DERIVED:
            continue
        counted = _counted(metric)
        if counted is None and _measured(metric) and not store.count(metric.name):
            counts.append(Count(metric.name, 1.0, None))  # at least one sample made its value
        elif counted is not None:
            counts.append(Count(metric.name, counted, _found(store, metric)))
    return tuple(counts)


def _counted(metric: SummaryMetric) -> float | None:
    values = dict(metric.values)
    if metric.type is MetricType.RATE or ("passes" in values and "fails" in values):
        passes, fails = values.get("passes"), values.get("fails")
        return passes + fails if passes is not None and fails is not None else None
    if metric.type is MetricType.GAUGE:
        return None
    return values.get("count")


def _measured(metric: SummaryMetric) -> bool:
    """k6 lists metrics with thresholds even without a sample: then all their values are 0."""
    return any(value for _, value in metric.values)


def _found(store: SampleStore, metric: SummaryMetric) -> float | None:
    if not store.count(metric.name):
        return None
    if metric.type is MetricType.COUNTER:
        return sum(total.sum for total in store.totals(metric.name))
    return float(store.count(metric.name))


def confirmed(run: TestRun) -> bool:
    """Whether k6's own counts say that the samples are complete: nothing was lost on the way."""
    counts = [count for count in counts_by_k6(run) if count.metric in {"iterations", "http_reqs"}]
    if counts:
        return all(abs(count.lost) < 1e-9 for count in counts)
    console, samples = run.one(ConsoleLog), run.one(LoadSamples)
    if console is None or samples is None or console.complete_iterations is None:
        return False
    found = samples.store.count("iterations")
    return bool(ended_normally(run)) and found == console.complete_iterations


def interrupted(store: SampleStore) -> int:
    """Iterations that never finished: k6 writes `data_sent` for them, but no `iterations`."""
    return max(of_iterations(store, "data_sent") - store.count("iterations"), 0)


@dataclass(frozen=True, slots=True)
class Flight:
    """k6's gauge tick by tick: VUs it counted, and iterations the samples show in flight."""

    at_ns: Integers
    vus: Floats
    flying: Floats


def in_flight(samples: LoadSamples) -> Flight:
    """At any moment as many VUs are active as iterations are running.

    Seen at every tick of runs of k6 0.57 to 2.2: exact to the last VU, but for iterations that
    were interrupted and so left no duration.
    """
    store = samples.store
    gauge = store.series("vus")
    ended = np.sort(store.samples("iteration_duration").times_ns)
    began = np.sort(started_at(store))
    flying = np.searchsorted(began, gauge.times_ns, "right") - np.searchsorted(
        ended, gauge.times_ns, "right"
    )
    return Flight(gauge.times_ns, gauge.values, flying.astype(np.float64))
