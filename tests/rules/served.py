"""Runs made up for the diagnosis rules: server signals by stage, and k6's figures beside them.

Each stage lasts ten seconds and is sampled every second. Levels are gauges; rates and timers grow
as counters do, so that the rules' own arithmetic has to find them again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis import rules
from perfreport.model.finding import KeyValues
from perfreport.model.load import LoadSamples
from perfreport.model.measurement import Latency, LoadSlice, Measurements, Timeline
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import TestRun
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from perfreport.registry import discover
from perfreport.render.i18n import Catalogue, languages
from perfreport.rules import Case, Rule, evaluate
from perfreport.store import SampleStore, SampleWriter

if TYPE_CHECKING:
    from perfreport.model.finding import Finding
    from perfreport.model.source import Fact

BEGIN = 1_700_000_000 * 10**9
SECOND = 10**9
STAGE = 10
RULES = {rule.id: rule for rule in discover(rules, Rule)}
CATALOGUES = tuple(Catalogue(language) for language in languages())


@dataclass(frozen=True)
class Stage:
    """One stage: k6's figures and whatever the server told (None: nothing)."""

    vus: float = 20
    throughput: float = 60.0
    p95: float = 0.1
    avg: float = 0.05
    failed: int = 0
    pool: float | None = None
    active: float | None = None
    pending: float = 0
    timeouts: float = 0.0  # per second
    borrowed: float = 0.0  # connections returned per second
    hold: float = 0.0
    acquire: float = 0.0
    lock: float | None = None  # seconds waited per second
    call: float | None = None  # mean remote call
    calls: float = 0.0  # per second
    served: float | None = None  # mean request on the server
    threads: float | None = None  # busy share of the request threads
    host: float | None = None
    application: float | None = None
    collecting: float | None = None  # share of time in pauses
    lag: float | None = None
    consumed: float = 0.0
    produced: float = 0.0
    running: float | None = None  # statements at once, on the database
    questions: float = 0.0  # statements per second
    database: float | None = None  # cores the database uses, of two
    cut_off: float | None = None  # mean of the calls that got no answer
    cut: float = 0.0  # of them, per second
    misses: tuple[float, ...] | None = None  # per second, one figure a second
    hits: float = 20.0  # per second
    expired: float | None = None  # keys of Redis per second
    actives: tuple[float, ...] | None = None  # connections in use, one figure a second


class Recorder:
    def __init__(self, stages: tuple[Stage, ...]) -> None:
        self.stages = stages
        self.series: list[SignalSeries] = []
        count = STAGE * len(stages) + 1
        self.times = BEGIN + np.arange(count, dtype=np.int64) * SECOND

    def per_second(self, values: list[float]) -> np.ndarray:
        return np.repeat(np.array(values, dtype=np.float64), STAGE)

    def gauge(self, signal: str, values: list[float | None], unit: Unit, **labels: str) -> None:
        if any(value is None for value in values):
            return
        levels = self.per_second([float(value) for value in values if value is not None])
        self.level(signal, np.append(levels, levels[-1]), unit, **labels)

    def level(self, signal: str, levels: np.ndarray, unit: Unit, **labels: str) -> None:
        self._add(signal, Part.VALUE, SignalKind.GAUGE, unit, labels, levels)

    def counter(
        self, signal: str, rates: np.ndarray, unit: Unit, part: Part = Part.VALUE, **labels: str
    ) -> None:
        grown = np.concatenate([[1000.0], 1000.0 + np.cumsum(rates)])
        self._add(signal, part, SignalKind.COUNTER, unit, labels, grown)

    def timer(self, signal: str, rates: list[float], means: list[float], **labels: str) -> None:
        counts, lengths = self.per_second(rates), self.per_second(means)
        self.counter(signal, counts, Unit.COUNT, Part.COUNT, **labels)
        self.counter(signal, counts * lengths, Unit.SECONDS, Part.TOTAL, **labels)

    def _add(self, signal, part, kind, unit, labels, values) -> None:
        tags = tuple(sorted(labels.items()))
        self.series.append(SignalSeries(signal, part, kind, unit, tags, self.times, values))


def served(
    *stages: Stage,
    facts: tuple[Fact, ...] = (),
    kind=PhaseKind.PLATEAU,
    took: tuple[tuple[float, bool], ...] = (),
    every: int = 1,
) -> Case:
    """The case of a run with these stages, sampled every so many seconds.

    `took` are k6's requests: seconds, and failed or not.
    """
    told = Recorder(stages)
    _pool(told)
    _server(told)
    _database(told)
    source = SourceRef("scrapes.prom", "metric-series", clock=Clock(ClockKind.UTC))
    sampled = (
        replace(one, times_ns=one.times_ns[::every], values=one.values[::every])
        for one in told.series
    )
    signals = Signals(source, tuple(sampled), told.times[::every])
    phases = Phases(
        tuple(_phase(place, one, kind) for place, one in enumerate(stages)),
        BEGIN,
        BEGIN + STAGE * len(stages) * SECOND,
    )
    run = TestRun("run", (_samples(took), signals, *facts), (source,))
    return Case(run, phases, _measured(stages, phases))


def _pool(told: Recorder) -> None:
    stages = told.stages
    pool = {"pool": "HikariPool-1"}
    told.gauge("hikaricp.connections.max", [one.pool for one in stages], Unit.COUNT, **pool)
    if any(one.actives for one in stages):
        levels = np.concatenate([np.array(one.actives or (0.0,) * STAGE) for one in stages])
        told.level("hikaricp.connections.active", np.append(levels, 0.0), Unit.COUNT, **pool)
    else:
        told.gauge("hikaricp.connections.active", [s.active for s in stages], Unit.COUNT, **pool)
    if stages[0].pool is None:
        return
    told.gauge("hikaricp.connections.pending", [s.pending for s in stages], Unit.COUNT, **pool)
    rates = [one.borrowed for one in stages]
    told.timer("hikaricp.connections.usage", rates, [s.hold for s in stages], **pool)
    told.timer("hikaricp.connections.acquire", rates, [s.acquire for s in stages], **pool)
    told.counter(
        "hikaricp.connections.timeout",
        told.per_second([one.timeouts for one in stages]),
        Unit.COUNT,
        **pool,
    )


def _server(told: Recorder) -> None:
    stages = told.stages
    if stages[0].lock is not None:
        waits = told.per_second([one.lock or 0.0 for one in stages])
        told.counter("mysql.innodb.row.lock.time", waits, Unit.SECONDS)
    if stages[0].call is not None:
        told.timer(
            "http.client.requests",
            [s.calls for s in stages],
            [s.call or 0.0 for s in stages],
            uri="/payments",
        )
    if stages[0].cut_off is not None:
        told.timer(
            "http.client.requests",
            [s.cut for s in stages],
            [s.cut_off or 0.0 for s in stages],
            uri="/payments",
            exception="SocketTimeoutException",
            outcome="UNKNOWN",
        )
    if stages[0].served is not None:
        told.timer(
            "http.server.requests",
            [s.throughput for s in stages],
            [s.served or 0.0 for s in stages],
            uri="/api/orders",
        )
    if stages[0].threads is not None:
        busy = [100 * (one.threads or 0.0) for one in stages]
        told.gauge("tomcat.threads.busy", list(busy), Unit.COUNT, name="http")
        told.gauge("tomcat.threads.config.max", [100.0] * len(stages), Unit.COUNT, name="http")
    told.gauge("system.cpu.usage", [one.host for one in stages], Unit.RATIO)
    told.gauge("process.cpu.usage", [one.application for one in stages], Unit.RATIO)
    if stages[0].collecting is not None:
        told.timer(
            "jvm.gc.pause", [1.0] * len(stages), [s.collecting or 0.0 for s in stages], cause="x"
        )
    if stages[0].lag is not None:
        topic = {"group": "g", "topic": "t", "partition": "0"}
        told.gauge("kafka.consumer.group.lag", [s.lag for s in stages], Unit.COUNT, **topic)
        told.counter(
            "kafka.consumer.group.offset",
            told.per_second([s.consumed for s in stages]),
            Unit.COUNT,
            **topic,
        )
        told.counter(
            "kafka.topic.partition.offset",
            told.per_second([s.produced for s in stages]),
            Unit.COUNT,
            topic="t",
            partition="0",
        )
    if stages[0].misses is not None:
        missed = np.concatenate([np.array(s.misses or (0.0,) * STAGE) for s in stages])
        told.counter("cache.gets", missed, Unit.COUNT, cache="popular", result="miss")
        hits = told.per_second([s.hits for s in stages])
        told.counter("cache.gets", hits, Unit.COUNT, cache="popular", result="hit")


def _database(told: Recorder) -> None:
    stages = told.stages
    if stages[0].expired is not None:
        gone = told.per_second([one.expired or 0.0 for one in stages])
        told.counter("redis.keys.expired", gone, Unit.COUNT)
    if stages[0].running is not None:
        told.gauge("mysql.threads.running", [s.running for s in stages], Unit.COUNT)
        told.counter("mysql.questions", told.per_second([s.questions for s in stages]), Unit.COUNT)
    if stages[0].database is not None:
        told.gauge("system.cpu.count", [2.0] * len(stages), Unit.COUNT)
        told.gauge(
            "process.cpu.cores", [s.database for s in stages], Unit.CORES, process="mariadbd"
        )


def _phase(place: int, one: Stage, kind: PhaseKind) -> Phase:
    start = BEGIN + place * STAGE * SECOND
    return Phase(
        f"stage-{place + 1}",
        kind,
        start,
        start + STAGE * SECOND,
        message("phase.title.named", name=f"stage-{place + 1}"),
        PhaseOrigin.PLAN,
        one.vus,
        LoadUnit.VUS,
    )


def _measured(stages: tuple[Stage, ...], phases: Phases) -> Measurements:
    slices = [_slice(phase.name, one) for phase, one in zip(phases.phases, stages, strict=True)]
    whole = replace(slices[0], phase="all")
    errors = ()
    seconds = float(STAGE * len(stages))
    return Measurements(
        seconds, False, (), (), (whole, *slices), errors, (), (), (), (_line(stages),), (),
        phases.phases,
    )  # fmt: skip


def _slice(phase: str, one: Stage) -> LoadSlice:
    requests = round(one.throughput * STAGE) + one.failed
    times = Latency(requests, one.avg, one.avg, one.p95, one.p95, one.p95, one.p95)
    rate = one.throughput
    return LoadSlice(
        phase, None, None, float(STAGE), requests, one.failed, None, rate, rate, times, times
    )


def _line(stages: tuple[Stage, ...]) -> Timeline:
    count = STAGE * len(stages)
    starts = BEGIN + np.arange(count, dtype=np.int64) * SECOND
    rates = np.repeat([s.throughput + s.failed / STAGE for s in stages], STAGE)
    good = np.repeat([s.throughput for s in stages], STAGE)
    p95 = np.repeat([s.p95 for s in stages], STAGE)
    return Timeline(None, None, 1.0, starts, rates, good, p95, p95, p95)


def _samples(took: tuple[tuple[float, bool], ...]) -> LoadSamples:
    writer = SampleWriter()
    tagsets = [
        writer.tagset({"name": "POST /orders", "expected_response": str(not failed).lower()})
        for _, failed in took
    ]
    writer.append(
        np.full(len(took), writer.metric("http_req_duration"), np.int64),
        np.array(tagsets, np.int64),
        BEGIN + np.arange(len(took), dtype=np.int64) * SECOND // 10,
        np.array([seconds for seconds, _ in took], np.float64),
    )
    store = SampleStore([writer.finish()], ())
    source = SourceRef("results.json", "k6-json")
    return LoadSamples(source, store, (), (), BEGIN, BEGIN, ("results.json",))


def findings(rule: str, case: Case) -> tuple[Finding, ...]:
    """What the rule finds; it must have been evaluated, and every sentence must be sayable."""
    found, skipped, errors = evaluate([RULES[rule]], case)
    assert errors == ()
    assert skipped == ()
    for finding in found:
        assert finding.evidence
        for catalogue in CATALOGUES:
            for said in (finding.title, finding.summary, *finding.whys, *finding.remedies):
                assert catalogue.text(said)
            for block in finding.evidence:
                if isinstance(block, KeyValues):
                    assert all(catalogue.text(label) for label, _, _ in block.rows)
                    cells = [cell for _, cell, _ in block.rows if isinstance(cell, Message)]
                    assert all(catalogue.text(cell) for cell in cells)
    return found


def missing(rule: str, case: Case) -> tuple[str, ...]:
    """Keys of what the rule lacks; it must not have been evaluated."""
    found, skipped, errors = evaluate([RULES[rule]], case)
    assert (found, errors) == ((), ())
    (one,) = skipped
    for need in one.needs:
        assert all(catalogue.text(need) for catalogue in CATALOGUES)
    return tuple(need.key for need in one.needs)
