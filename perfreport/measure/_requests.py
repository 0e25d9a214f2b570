"""The HTTP requests of a run as columns, and groups of them with exact quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure import _endpoints
from perfreport.model.measurement import Latency
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.message import Message
    from perfreport.model.phase import Phase
    from perfreport.store import Samples, SampleStore

NONE = -1
OUTSIDE_LOAD = ("::setup", "::teardown")


@dataclass(frozen=True, slots=True)
class Requests:
    """One row per HTTP request, ascending by duration (NaN last where only counts are known).

    `scenarios`, `endpoints` and `phases` are numbers into `scenario_names`, `endpoint_names` and
    the phases asked for; -1 is none. Setup and teardown are in no phase.
    """

    times_ns: Integers
    durations: Floats
    failed: NDArray[np.bool_]
    scenarios: NDArray[np.int32]
    endpoints: NDArray[np.int32]
    phases: NDArray[np.int32]
    tagsets: NDArray[np.int32]
    scenario_names: tuple[str, ...]
    endpoint_names: tuple[str, ...]
    endpoint_of_tagset: Integers
    warnings: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return len(self.durations)


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by key: those of `numbers[i]` are `counts[i]` entries of `rows` from `starts[i]` on."""

    numbers: Integers
    starts: Integers
    counts: Integers
    rows: Integers

    def __iter__(self) -> Iterator[tuple[int, Integers]]:
        for key, start, count in zip(
            self.numbers.tolist(), self.starts.tolist(), self.counts.tolist(), strict=True
        ):
            yield key, self.rows[start : start + count]

    def quantiles(self, ordered: Floats, probability: float) -> Floats:
        """The quantile of every group; `ordered` is ascending in the order of the rows grouped."""
        values = ordered[self.rows]
        place = probability * (self.counts - 1)
        below = np.floor(place).astype(np.int64)
        above = np.ceil(place).astype(np.int64)
        low, high = values[self.starts + below], values[self.starts + above]
        answer: Floats = low + (high - low) * (place - below)
        return answer


def grouped(keys: NDArray[np.integer]) -> Groups:
    """Group rows by key, keeping their order inside each group; rows with key -1 are left out."""
    rows = np.flatnonzero(keys >= 0)
    chosen = keys[rows]
    if len(chosen) and chosen.max() < 1 << 16:
        chosen = chosen.astype(np.uint16)  # sorted by radix
    order = np.argsort(chosen, kind="stable")
    ordered = chosen[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        if len(ordered)
        else order
    )
    counts = np.diff(np.append(starts, len(ordered)))
    return Groups(ordered[starts].astype(np.int64), starts, counts, rows[order])


def requests_of(store: SampleStore, phases: Sequence[Phase]) -> Requests:
    """Read the requests of a run, classified by phase, scenario, endpoint and failure."""
    metric = "http_req_duration" if store.count("http_req_duration") else "http_reqs"
    samples = store.samples(metric)
    failed, warnings = failed_rows(store, samples)
    durations = samples.values if metric == "http_req_duration" else np.full(len(samples), np.nan)
    order = np.argsort(durations, kind="stable")
    tagsets = samples.tagsets[order]
    scenario_codes, scenario_names = store.codes("scenario")
    per_tagset = np.bincount(tagsets, minlength=len(scenario_codes))
    endpoint_of_tagset, endpoint_names = _endpoints.of_tagsets(store, per_tagset)
    times = samples.times_ns[order]
    inside = ~outside_load(store)[tagsets]
    return Requests(
        times,
        durations[order],
        failed[order],
        scenario_codes.astype(np.int32)[tagsets],
        endpoint_of_tagset.astype(np.int32)[tagsets],
        np.where(inside, phase_numbers(times, phases), NONE).astype(np.int32),
        tagsets,
        scenario_names,
        endpoint_names,
        endpoint_of_tagset,
        warnings,
    )


def phase_numbers(times_ns: Integers, phases: Sequence[Phase]) -> Integers:
    """The number of the phase each time lies in, -1 for none; phases are in order of time."""
    reached = [number for number, phase in enumerate(phases) if phase.reached]
    if not reached:
        return np.full(len(times_ns), NONE, np.int64)
    starts = np.array([phases[number].start_ns for number in reached], np.int64)
    ends = np.array([phases[number].end_ns for number in reached], np.int64)
    place = np.searchsorted(starts, times_ns, side="right") - 1
    inside = (place >= 0) & (times_ns < ends[place])
    return np.where(inside, np.array(reached, np.int64)[place], NONE)


def outside_load(store: SampleStore) -> NDArray[np.bool_]:
    """Which tag sets belong to setup or teardown."""
    groups, labels = store.codes("group")
    outside = [label.startswith(OUTSIDE_LOAD) for label in labels]
    return np.array([*outside, False], np.bool_)[groups]


def failed_rows(
    store: SampleStore, samples: Samples
) -> tuple[NDArray[np.bool_], tuple[Message, ...]]:
    """Which requests failed by k6's count.

    k6 tags every sample of a request with `expected_response`, the same bit it counts in
    http_req_failed. Without the tag the samples of http_req_failed themselves tell, one per
    request in the same order. Without both (`responseCallback: null`) a request counts as failed
    by its status, which k6 would not do, and a warning says so.
    """
    codes, labels = store.codes("expected_response")
    expected = codes[samples.tagsets]
    failed = np.array([label == "false" for label in labels] + [False], np.bool_)[expected]
    unknown = expected < 0
    if not unknown.any():
        return failed, ()
    if store.count("http_req_failed") == len(samples):
        told = store.samples("http_req_failed")
        if np.array_equal(told.times_ns, samples.times_ns):
            failed[unknown] = told.values[unknown] != 0
            return failed, ()
    statuses, texts = store.codes("status")
    bad = np.array([_is_failure(text) for text in texts] + [False], np.bool_)[
        statuses[samples.tagsets]
    ]
    failed[unknown] = bad[unknown]
    count = int(np.count_nonzero(unknown))
    return failed, (message("measure.failures-by-status", count=count),)


def latency(ordered: Floats) -> Latency:
    """Statistics of ascending durations; NaN durations (none known) give none."""
    n = len(ordered)
    if not n or np.isnan(ordered[-1]):
        return Latency(n, None, None, None, None, None, None)
    place = np.array([0.5, 0.9, 0.95, 0.99]) * (n - 1)
    below, above = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    low, high = ordered[below], ordered[above]
    p50, p90, p95, p99 = (low + (high - low) * (place - below)).tolist()
    return Latency(n, float(ordered.sum()) / n, p50, p90, p95, p99, float(ordered[-1]))


def _is_failure(status: str) -> bool:
    return not status.isdigit() or not 200 <= int(status) < 400
