"""Facts of a k6 run: its samples, its own summary, its plan and its console log.

The vocabulary is k6's (metric types, scenarios, checks, thresholds); times are seconds here and
milliseconds in k6's files, converted by the sources for metrics that k6 declares as `time`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.store import SampleStore

Tags: TypeAlias = tuple[tuple[str, str], ...]


class MetricType(StrEnum):
    """k6's four metric types; the type decides which statistics are legal."""

    COUNTER = "counter"
    GAUGE = "gauge"
    RATE = "rate"
    TREND = "trend"


class Contains(StrEnum):
    """What k6 says a metric holds; `TIME` is seconds in perfreport."""

    DEFAULT = "default"
    TIME = "time"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Submetric:
    """A threshold's slice of a metric, spelled as in the script (`http_req_failed{scenario:x}`)."""

    name: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class MetricDeclaration:
    """One metric of the run. `type` is a guess where a CSV does not tell (`declared` False)."""

    name: str
    type: MetricType
    contains: Contains
    submetrics: tuple[Submetric, ...] = ()
    declared: bool = True


@dataclass(frozen=True, slots=True)
class ScriptThreshold:
    """A threshold the k6 script carried; `ok` is k6's own verdict where a summary tells it.

    `metric` is the name as the script spells it, with the submetric's braces.
    """

    metric: str
    expression: str
    abort_on_fail: bool = False
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class LoadSamples(Fact):
    """Every sample of one run: a handle on the columnar store, never the samples themselves.

    `start_ns`: earliest start of anything measured (time minus duration). `end_ns`: last sample.
    `paths`: the files merged into this fact (more than one for a distributed run).
    """

    store: SampleStore
    declarations: tuple[MetricDeclaration, ...]
    thresholds: tuple[ScriptThreshold, ...]
    start_ns: int
    end_ns: int
    paths: tuple[str, ...]
    offset_seconds: int | None = None  # zone offset the load generator wrote, for printing times


@dataclass(frozen=True, slots=True)
class SummaryMetric:
    """One metric or submetric of k6's summary, in base units; statistics in k6's words."""

    name: str
    type: MetricType | None
    contains: Contains | None
    values: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class CheckCount:
    """One check of the summary's tree; `group` is the full path ("::order::payment")."""

    group: str
    name: str
    passes: int
    fails: int


@dataclass(frozen=True, slots=True)
class LoadSummary(Fact):
    """k6's end-of-test summary, in any of its three shapes. Holds no setup data."""

    seconds: float | None
    metrics: tuple[SummaryMetric, ...]
    thresholds: tuple[ScriptThreshold, ...]
    checks: tuple[CheckCount, ...]
    k6_version: str | None = None


class Executor(StrEnum):
    """k6's executors."""

    SHARED_ITERATIONS = "shared-iterations"
    PER_VU_ITERATIONS = "per-vu-iterations"
    CONSTANT_VUS = "constant-vus"
    RAMPING_VUS = "ramping-vus"
    CONSTANT_ARRIVAL_RATE = "constant-arrival-rate"
    RAMPING_ARRIVAL_RATE = "ramping-arrival-rate"
    EXTERNALLY_CONTROLLED = "externally-controlled"

    @property
    def is_open(self) -> bool:
        """Arrival-rate executors: the rate is the input, latency and drops are the result."""
        return self in {Executor.CONSTANT_ARRIVAL_RATE, Executor.RAMPING_ARRIVAL_RATE}


@dataclass(frozen=True, slots=True)
class Stage:
    """A linear ramp that ends at `target` (VUs, or iterations per `time_unit`)."""

    seconds: float
    target: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of the plan with k6's defaults filled in; all times in seconds.

    `start_level` and `stages` are VUs for VU executors and iterations per second (already
    divided by timeUnit) for arrival-rate executors; a constant executor has one flat stage.
    Iteration executors have no stages: `iterations` and `max_seconds` bound them.
    """

    name: str
    executor: Executor
    exec: str
    start_seconds: float
    graceful_stop_seconds: float
    start_level: float
    stages: tuple[Stage, ...]
    vus: int | None = None  # constant and iteration executors
    pre_allocated_vus: int | None = None
    max_vus: int | None = None
    iterations: int | None = None
    max_seconds: float | None = None
    tags: Tags = ()

    @property
    def planned_seconds(self) -> float | None:
        """Length of the stages, without startTime and gracefulStop; None where unbounded."""
        return sum(stage.seconds for stage in self.stages) if self.stages else None


@dataclass(frozen=True, slots=True)
class LoadPlan(Fact):
    """What the script was going to do, from `k6 inspect`."""

    scenarios: tuple[Scenario, ...]
    thresholds: tuple[ScriptThreshold, ...]
    tags: Tags = ()
    trend_stats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleEvent:
    """A group of like console lines: normalised text, how many, where the first one stands."""

    text: str
    count: int
    line: int
    scenario: str | None = None
    first_ns: int | None = None
    last_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ConsoleLog(Fact):
    """k6's console log. Counts are exact; texts are normalised and cut."""

    exceptions: tuple[ConsoleEvent, ...] = ()
    request_failures: tuple[ConsoleEvent, ...] = ()
    insufficient_vus: tuple[ConsoleEvent, ...] = ()
    script_output: tuple[ConsoleEvent, ...] = ()  # console.warn / console.error of the script
    other_errors: tuple[ConsoleEvent, ...] = ()
    crossed_thresholds: str | None = None  # k6's own list of metrics, verbatim
    aborted_by: str | None = None  # "interrupt", "terminated", "threshold", "test.abort", …
    lost_samples: int = 0  # samples k6 says it could not write (Infinity in k6 2.x)
    seconds: float | None = None  # last "running (…)" line, 0.1 s resolution
    interrupted_iterations: int | None = None
    complete_iterations: int | None = None
    max_vus_seen: int | None = None  # most VUs running at once in the progress lines
    outputs: tuple[str, ...] = ()  # names of the files k6 said it writes
    scenarios: tuple[str, ...] = ()  # names in the head of the console


@dataclass(frozen=True, slots=True)
class ExitStatus(Fact):
    """k6's process exit code, where a file beside the results holds it."""

    code: int
