"""Measured values, and the question each one answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from perfreport.model.load import Tags
    from perfreport.model.message import Message
    from perfreport.model.phase import Phase
    from perfreport.model.units import Unit


Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

WHOLE_RUN = "all"


@dataclass(frozen=True, slots=True)
class Selector:
    """A question: which statistic of which metric, of which samples, in which phase.

    `metric`: a k6 metric, a canonical server signal or a derived one. `stat`: k6's words (`avg`
    `min` `med` `max` `p(N)` `count` `rate`, `value`), and `peak` / `mean` / `last` for series.
    `where`: tags the samples must carry, values may be globs. `phase`: "all" is the whole run
    with setup and teardown, as k6 counts; any other word matches phase names or kinds (glob).
    `only_successful`: leave failed requests out.
    """

    metric: str
    stat: str
    where: Tags = ()
    phase: str = WHOLE_RUN
    only_successful: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """The answer to a selector.

    `value` is None when nothing matched. `interval` is the 95 % confidence interval (order
    statistics for percentiles, Wilson for rates), None where no such statement exists.
    """

    selector: Selector
    value: float | None
    unit: Unit
    n: int
    interval: tuple[float, float] | None = None
    estimated: bool = False  # rests on an estimated run duration
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Latency:
    """Response-time statistics in seconds; None where there was no sample."""

    n: int
    avg: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class LoadSlice:
    """HTTP requests of one phase × scenario × endpoint (None: over all of them).

    `throughput` is successful requests per second, `request_rate` attempted ones.
    """

    phase: str
    scenario: str | None
    endpoint: str | None
    seconds: float
    requests: int
    failed: int
    iterations: int | None
    throughput: float
    request_rate: float
    latency: Latency
    latency_successful: Latency
    vus_max: float | None = None

    @property
    def error_rate(self) -> float | None:
        """Failed share of the requests, by k6's http_req_failed."""
        return self.failed / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """Failed requests of one kind: count, when, and an example endpoint."""

    error_code: str | None
    error: str | None  # k6's error text; None for plain HTTP statuses
    status: str | None
    count: int
    endpoint: str | None
    scenario: str | None
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Requests that ended just past a round number of seconds; `share` is of all requests.

    `endpoint` is that of most of them; `first_ns` is when the first of them began.
    """

    seconds: float
    requests: int
    failed: int
    share: float
    endpoint: str | None
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class StatusRow:
    """Requests of one endpoint by HTTP status; `expected`: not failed by k6's count."""

    endpoint: str | None
    method: str | None
    status: str
    count: int
    expected: int


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check, by group: the same name in two groups is two checks."""

    group: str
    name: str
    scenario: str | None
    passes: int
    fails: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The run in equal buckets; NaN where a bucket has no sample. All arrays have one length.

    `endpoint` and `scenario` None: over all of them.
    """

    endpoint: str | None
    scenario: str | None
    bucket_seconds: float
    start_ns: Integers  # start of each bucket
    requests: Floats  # finished in the bucket, per second
    successful: Floats  # per second
    p50: Floats  # seconds
    p95: Floats
    p99: Floats


@dataclass(frozen=True, slots=True)
class Series:
    """A sampled series of the run itself (vus, vus_max, iterations started …)."""

    name: str
    scenario: str | None
    times_ns: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """Iterations of one scenario over the whole run: what ran, what was dropped."""

    scenario: str | None
    iterations: int
    interrupted: int | None
    dropped: float
    requests: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class SignalStats:
    """A server signal cut by a phase: peak, mean, p95, first, last (base unit of the signal).

    Of a counter, `mean` and `peak` are rates per second and `increase` is what it grew by; with
    `since_start` the `increase` is everything since its process started.
    """

    signal: str
    labels: Tags
    phase: str
    unit: Unit
    n: int
    mean: float | None
    peak: float | None
    p95: float | None
    minimum: float | None
    first: float | None
    last: float | None
    since_start: bool = False  # a lone scrape: lifetime total, not "during the test"
    increase: float | None = None


@dataclass(frozen=True, slots=True)
class Measurements:
    """Everything computed from one run; the only place that aggregates."""

    seconds: float  # the duration k6 divides its rates by
    seconds_estimated: bool
    metrics: tuple[Measurement, ...]  # every metric and submetric, every statistic, whole run
    selected: tuple[Measurement, ...]  # the answers to the selectors asked for, in their order
    slices: tuple[LoadSlice, ...]
    errors: tuple[ErrorRow, ...]
    statuses: tuple[StatusRow, ...]
    checks: tuple[CheckRow, ...]
    scenarios: tuple[ScenarioRow, ...]
    timelines: tuple[Timeline, ...]
    series: tuple[Series, ...]
    phases: tuple[Phase, ...]
    signals: tuple[SignalStats, ...] = ()
    warnings: tuple[Message, ...] = field(default=())

    def find(self, selector: Selector) -> Measurement | None:
        """The answer to a selector that was asked for, or a whole-run statistic."""
        for measured in (*self.selected, *self.metrics):
            if measured.selector == selector:
                return measured
        return None

    def slice_of(
        self, phase: str = WHOLE_RUN, scenario: str | None = None, endpoint: str | None = None
    ) -> LoadSlice | None:
        """The HTTP statistics of one phase × scenario × endpoint."""
        for part in self.slices:
            if (part.phase, part.scenario, part.endpoint) == (phase, scenario, endpoint):
                return part
        return None
