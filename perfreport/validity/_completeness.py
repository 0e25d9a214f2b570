"""Relations that hold in every complete k6 output, and where a run's samples break them.

One request is nine samples of one time and one set of tags, one iteration end is four; the gauge
of VUs has a twin. What k6 counts in its summary and its console log is what it writes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import ConsoleLog
from perfreport.model.message import message
from perfreport.phases import ended_normally, seconds_by_k6
from perfreport.validity._chains import chains
from perfreport.validity._tally import counts_by_k6, of_iterations, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.message import Message
    from perfreport.rules import Case
    from perfreport.store import SampleStore

OF_A_REQUEST = (
    "http_req_duration",
    "http_req_blocked",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
)
UNSEEN_SECONDS = 2.5  # by which the samples may fall short of k6's own duration
_SETUP = (("group", "::setup"),)
SATURATED = 0.5  # share of the ticks with every VU busy
FEWEST_TICKS = 5
EQUAL = 1e-6  # k6's CSV has six decimals


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two numbers that should be equal. `by_choice`: a whole metric that may have been left out."""

    what: Message
    expected: float
    found: float
    by_choice: bool = False

    @property
    def lost(self) -> float:
        """Share that is missing."""
        return 1 - self.found / self.expected if self.expected else 0.0


def discrepancies(case: Case) -> tuple[Discrepancy, ...]:
    """Every relation that does not hold, in a stable order."""
    store = samples_of(case).store
    return (
        *_against_summary(case),
        *_against_console(case),
        *_declared_but_empty(case),
        *_requests(store),
        *_iterations(store),
        *_gauges(case),
        *_drops(case),
    )


def _against_summary(case: Case) -> Iterator[Discrepancy]:
    console = case.run.one(ConsoleLog)
    unwritten = console.lost_samples if console is not None else 0
    for count in counts_by_k6(case.run):
        found = count.found or 0.0
        if abs(found - count.counted) <= EQUAL * max(count.counted, 1.0):
            continue
        if unwritten and 0 < count.counted - found <= unwritten:
            continue  # k6 says itself that it could not write these
        yield Discrepancy(
            message("validity.incomplete.summary", metric=count.metric), count.counted, found
        )


def _against_console(case: Case) -> Iterator[Discrepancy]:
    samples, console = samples_of(case), case.run.one(ConsoleLog)
    if console is not None and console.complete_iterations is not None:
        found = samples.store.count("iterations")
        if ended_normally(case.run) is not False and found < console.complete_iterations:
            yield Discrepancy(
                message("validity.incomplete.console"), console.complete_iterations, found
            )
    told = seconds_by_k6(case.run)
    seen = (samples.end_ns - samples.start_ns) / 1e9
    if told is not None and told - seen > UNSEEN_SECONDS:
        yield Discrepancy(message("validity.incomplete.seconds"), told, seen)


def _declared_but_empty(case: Case) -> Iterator[Discrepancy]:
    """k6 declares a metric right before its first sample."""
    samples, console = samples_of(case), case.run.one(ConsoleLog)
    if console is not None and console.lost_samples:
        return
    for declaration in samples.declarations:
        if declaration.declared and not samples.store.count(declaration.name):
            yield Discrepancy(
                message("validity.incomplete.declared", metric=declaration.name), 1, 0
            )


def _requests(store: SampleStore) -> Iterator[Discrepancy]:
    counts = {metric: store.count(metric) for metric in ("http_reqs", *OF_A_REQUEST)}
    requests = max(counts.values())
    for metric, count in counts.items():
        if count < requests:
            yield Discrepancy(
                message("validity.incomplete.request-part", metric=metric),
                requests,
                count,
                by_choice=count == 0,
            )
    judged = _judged(store)
    failed = store.count("http_req_failed")
    if failed < judged:
        yield Discrepancy(
            message("validity.incomplete.request-part", metric="http_req_failed"),
            judged,
            failed,
            by_choice=failed == 0,
        )


def _judged(store: SampleStore) -> int:
    """Requests that k6 judged as expected or not: each has a sample of http_req_failed."""
    metric = "http_reqs" if store.count("http_reqs") else "http_req_duration"
    found = store.samples(metric)
    if not len(found):
        return 0
    codes, _ = store.codes("expected_response")
    return int((codes[found.tagsets] >= 0).sum())


def _iterations(store: SampleStore) -> Iterator[Discrepancy]:
    ended, timed = store.count("iterations"), store.count("iteration_duration")
    if ended != timed:
        yield Discrepancy(
            message("validity.incomplete.iteration-part", metric="iteration_duration")
            if timed < ended
            else message("validity.incomplete.iteration-part", metric="iterations"),
            max(ended, timed),
            min(ended, timed),
            by_choice=min(ended, timed) == 0,
        )
    sent, received = of_iterations(store, "data_sent"), of_iterations(store, "data_received")
    expected = max(ended, timed, sent, received)
    for metric, count in (("data_sent", sent), ("data_received", received)):
        if count < expected:
            yield Discrepancy(
                message("validity.incomplete.iteration-part", metric=metric),
                expected,
                count,
                by_choice=count == 0,
            )
    if not expected and store.count("http_reqs") > len(store.samples("http_reqs", _SETUP)):
        yield Discrepancy(message("validity.incomplete.no-iterations"), 1, 0, by_choice=True)


def _drops(case: Case) -> Iterator[Discrepancy]:
    """An arrival rate that finds all VUs busy drops iterations; k6 counts every one."""
    samples = samples_of(case)
    store = samples.store
    limits, active = store.samples("vus_max").values, store.series("vus").values
    if store.count("dropped_iterations") or not len(limits) or len(active) < FEWEST_TICKS:
        return
    busy = float(np.mean(active >= float(limits.max())))
    if busy >= SATURATED and any(chain.is_open for chain in chains(samples)):
        yield Discrepancy(message("validity.incomplete.drops"), 1, 0)


def _gauges(case: Case) -> Iterator[Discrepancy]:
    samples = samples_of(case)
    active, allocated = samples.store.count("vus"), samples.store.count("vus_max")
    if active != allocated:
        yield Discrepancy(
            message("validity.incomplete.gauge"),
            max(active, allocated),
            min(active, allocated),
            by_choice=min(active, allocated) == 0,
        )
    elif not active and samples.end_ns - samples.start_ns > 3e9:
        yield Discrepancy(message("validity.incomplete.no-gauge"), 1, 0, by_choice=True)
