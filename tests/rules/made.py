"""Runs made up for the rules: every sample that k6 would write, in k6's own relations.

A run is played from its plan: arrival-rate scenarios by their schedule, VU scenarios by looping
VUs. Each iteration makes one request. Tests then take away or change what their rule looks for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.analysis import TestSpec
from perfreport.model.grade import TestKind
from perfreport.model.load import (
    ConsoleLog,
    Contains,
    Executor,
    ExitStatus,
    LoadPlan,
    LoadSamples,
    LoadSummary,
    MetricDeclaration,
    MetricType,
    Scenario,
    Stage,
    SummaryMetric,
)
from perfreport.model.measurement import Measurements
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.phases import cut
from perfreport.phases._plan import Curve, curves
from perfreport.rules import Case
from perfreport.store import SampleStore, SampleWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from perfreport.model.measurement import Measurement
    from perfreport.model.source import Fact, Problem

BEGIN = 1_700_000_000 * 10**9
PARTS = ("blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving")
CLOSED = Executor.CONSTANT_VUS
OPEN = Executor.CONSTANT_ARRIVAL_RATE
RAMPING = Executor.RAMPING_ARRIVAL_RATE

Row = tuple[str, dict[str, str], int, float]
KINDS = {
    "vus": MetricType.GAUGE,
    "vus_max": MetricType.GAUGE,
    "http_req_failed": MetricType.RATE,
    "checks": MetricType.RATE,
    "errorRate": MetricType.RATE,
    "iteration_duration": MetricType.TREND,
}


def ref(path: str = "results.json", kind: str = "k6-json", **more: int) -> SourceRef:
    return SourceRef(path, kind, **more)


def scenario(
    name: str = "order",
    executor: Executor = OPEN,
    level: float = 20.0,
    seconds: float = 30.0,
    **more,
) -> Scenario:
    stages = more.pop("stages", None) or ((seconds, level),)
    return Scenario(
        name=name,
        executor=executor,
        exec="default",
        start_seconds=more.pop("at", 0.0),
        graceful_stop_seconds=30.0,
        start_level=more.pop("start", level),
        stages=tuple(Stage(*stage) for stage in stages),
        **more,
    )


@dataclass
class Made:
    """A run in the making: rows in the order of the file, and the other facts beside it."""

    rows: list[Row]
    scenarios: tuple[Scenario, ...]
    facts: tuple[Fact, ...] = ()
    declared: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("results.json",)
    sources: tuple[SourceRef, ...] = ()
    problems: tuple[Problem, ...] = ()
    planned: bool = True
    selected: tuple[Measurement, ...] = ()
    kind: TestKind = TestKind.LOAD

    def where(self, keep: Callable[[Row], bool]) -> Made:
        """Only the rows that `keep` says; the declarations stay, as the lines of a file would."""
        names = tuple(dict.fromkeys(row[0] for row in self.rows))
        return replace(self, rows=[row for row in self.rows if keep(row)], declared=names)

    def without(self, metric: str) -> Made:
        """No trace of a metric, not even its declaration."""
        return replace(self, rows=[row for row in self.rows if row[0] != metric], declared=())

    def with_rows(self, rows: list[Row]) -> Made:
        return replace(self, rows=[*self.rows, *rows])

    def beside(self, *facts: Fact) -> Made:
        return replace(self, facts=(*self.facts, *facts))

    def blind(self) -> Made:
        """The same run without k6's configuration."""
        return replace(self, planned=False)

    def of_plan(self, *scenarios: Scenario) -> Made:
        """The same run beside another configuration."""
        return replace(self, scenarios=scenarios)

    def case(self) -> Case:
        facts: list[Fact] = [_samples(self), *self.facts]
        if self.planned:
            facts.append(LoadPlan(ref("inspect.json", "k6-inspect"), self.scenarios, ()))
        run = TestRun("run", tuple(facts), self.sources, self.problems)
        phases = cut(run, TestSpec("LT-001", self.kind, None, ()))
        return Case(run, phases, measured(self.selected))


def measured(selected: tuple[Measurement, ...] = ()) -> Measurements:
    return Measurements(30.0, False, (), selected, (), (), (), (), (), (), (), ())


def nothing(*facts: Fact) -> Case:
    """A case without samples."""
    run = TestRun("run", facts, ())
    return Case(run, cut(run, TestSpec("LT-001", TestKind.LOAD, None, ())), measured())


def played(
    *scenarios: Scenario,
    latency: float | Callable[[float], float] = 0.2,
    until: float | None = None,
    vus: int = 40,
) -> Made:
    """Play a plan. `latency` of an iteration that starts at a second; `until`: killed then."""
    made = scenarios or (scenario(),)
    taken = latency if callable(latency) else lambda _: latency
    iterations: list[tuple[float, float, str]] = []
    for part in curves(LoadPlan(ref(), made, ()), {}):
        iterations += [
            (begin, begin + taken(begin), part.scenario)
            for begin in (_schedule(part) if part.is_open else _loops(part, taken))
        ]
    stop = max(end for _, end, _ in iterations) if until is None else until
    fresh = _first_of_its_vu(iterations)
    rows: list[tuple[float, Row]] = []
    for begin, end, name in sorted(iterations, key=lambda each: each[1]):
        if end <= stop:
            made_of = iteration(begin, end, name, connects=(begin, end, name) in fresh)
            rows += [(end, row) for row in made_of]
    for tick in np.arange(0.5, stop, 1.0):
        flying = sum(begin <= tick < end for begin, end, _ in iterations)
        at = BEGIN + round(tick * 1e9)
        rows += [(tick, ("vus", {}, at, flying)), (tick, ("vus_max", {}, at, vus))]
    return Made([row for _, row in sorted(rows, key=lambda each: each[0])], made)


def hung() -> Made:
    """A run in which every second iteration of ten seconds never ends: k6 interrupts them."""
    run = played(
        latency=lambda at: 60.0 if 10 <= at < 20 and round(20 * at) % 2 else 0.2, until=30.5
    )
    stop = BEGIN + round(30.5e9)
    sent: Row = ("data_sent", {"group": "", "scenario": "order"}, stop, 100.0)
    return run.with_rows([sent] * 100)


def _first_of_its_vu(
    iterations: list[tuple[float, float, str]],
) -> set[tuple[float, float, str]]:
    """Iterations that find no VU free of an earlier one, and so run in a new VU."""
    free: dict[str, list[float]] = {}
    fresh = set()
    for begin, end, name in sorted(iterations):
        busy = free.setdefault(name, [])
        place = next((at for at, until in enumerate(busy) if until <= begin + 1e-9), None)
        if place is None:
            fresh.add((begin, end, name))
            busy.append(end)
        else:
            busy[place] = end
    return fresh


def iteration(
    begin: float, end: float, name: str, *, connects: bool = False, **tags: str
) -> list[Row]:
    """The samples of one iteration with one request that fills it."""
    at = BEGIN + round(end * 1e9)
    mine = {"group": "", "scenario": name}
    milliseconds = (end - begin) * 1000
    asked = {**mine, "name": "GET /x", "status": "200", "expected_response": "true", **tags}
    failed = float(asked["expected_response"] == "false")
    spent = {"waiting": milliseconds, "connecting": 0.2 if connects else 0.0}
    return [
        ("http_reqs", asked, at, 1.0),
        ("http_req_duration", asked, at, milliseconds),
        *((f"http_req_{part}", asked, at, spent.get(part, 0.0)) for part in PARTS),
        ("http_req_failed", asked, at, failed),
        ("data_sent", mine, at, 100.0),
        ("data_received", mine, at, 900.0),
        ("iteration_duration", mine, at, milliseconds),
        ("iterations", mine, at, 1.0),
    ]


def dropped(seconds: list[float], name: str = "order") -> list[Row]:
    return [
        ("dropped_iterations", {"scenario": name}, BEGIN + round(second * 1e9), 1.0)
        for second in seconds
    ]


def second_of(row: Row) -> float:
    """Time of a row in seconds since the run began."""
    return (row[2] - BEGIN) / 1e9


def _schedule(part: Curve) -> list[float]:
    grid = np.linspace(part.start, part.stop, 20_001)
    area = part.integral(grid)
    first = 0 if len(part.lines) == 1 and part.lines[0].begin == part.lines[0].end else 1
    due = np.arange(first, np.floor(area[-1] + 1e-6) + first)
    return [float(at) for at in np.interp(due, area, grid)]


def _loops(part: Curve, taken: Callable[[float], float]) -> list[float]:
    starts: list[float] = []
    grid = np.linspace(part.start, part.stop, 2_001)[:-1]
    level = part.at(grid)
    for number in range(1, int(level.max()) + 1):
        active = grid[level >= number - 1e-9]
        moment = float(active[0]) if len(active) else part.stop
        while moment < part.stop:
            if level[min(np.searchsorted(grid, moment), len(grid) - 1)] >= number - 1e-9:
                starts.append(moment)
                moment += taken(moment)
            else:
                moment += 0.05
    return starts


def _samples(made: Made) -> LoadSamples:
    names = tuple(dict.fromkeys([*made.declared, *(row[0] for row in made.rows)]))
    declarations = tuple(_declared(name) for name in names)
    writer = SampleWriter()
    writer.append(
        np.array([writer.metric(row[0]) for row in made.rows], np.int64),
        np.array([writer.tagset(row[1]) for row in made.rows], np.int64),
        np.array([row[2] for row in made.rows], np.int64),
        np.array([row[3] for row in made.rows], np.float64),
    )
    begins = [
        row[2] - (round(row[3] * 1e6) if row[0] == "iteration_duration" else 0) for row in made.rows
    ]
    return LoadSamples(
        source=ref(),
        store=SampleStore([writer.finish()], declarations),
        declarations=declarations,
        thresholds=(),
        start_ns=min(begins),
        end_ns=max(row[2] for row in made.rows),
        paths=made.paths,
    )


def _declared(name: str) -> MetricDeclaration:
    timing = name == "iteration_duration" or (
        name.startswith("http_req_") and name != "http_req_failed"
    )
    kind = KINDS.get(name, MetricType.TREND if timing else MetricType.COUNTER)
    return MetricDeclaration(name, kind, Contains.TIME if timing else Contains.DEFAULT)


def summary_of(made: Made, seconds: float = 30.2, **changed: float) -> LoadSummary:
    """What k6 would count at the end of this run."""
    counts = {
        name: float(sum(row[3] for row in made.rows if row[0] == name))
        for name in ("iterations", "http_reqs", "data_sent", "data_received")
    }
    failed = [row[3] for row in made.rows if row[0] == "http_req_failed"]
    metrics = [
        SummaryMetric(
            name, MetricType.COUNTER, Contains.DEFAULT, (("count", changed.get(name, count)),)
        )
        for name, count in counts.items()
    ]
    passes = float(sum(failed))
    rate = (("passes", passes), ("fails", len(failed) - passes))
    metrics.append(SummaryMetric("http_req_failed", MetricType.RATE, Contains.DEFAULT, rate))
    return LoadSummary(ref("summary.json", "k6-summary"), seconds, tuple(metrics), (), ())


def console(**known) -> ConsoleLog:
    return ConsoleLog(ref("console.log", "k6-console"), **known)


def exited(code: int) -> ExitStatus:
    return ExitStatus(ref("exit_code", "k6-exit-code"), code)
