"""Analysed tests made by hand, for what only needs something to show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfreport.model.advice import (
    Advice,
    Effort,
    FilePatch,
    Futile,
    Horizon,
    Recommendation,
    SettingChange,
)
from perfreport.model.analysis import Diagnosis, TestAnalysis, TestSpec
from perfreport.model.finding import (
    Category,
    Command,
    Excerpt,
    Finding,
    KeyValues,
    NotEvaluated,
    Priority,
    Role,
    RuleError,
    Severity,
    Table,
)
from perfreport.model.grade import (
    Bound,
    BreakingPoint,
    Grade,
    Objective,
    OnMissing,
    Operator,
    StageGrade,
    StageLevel,
    TestGrade,
    TestKind,
    ValidityLevel,
    Verdict,
)
from perfreport.model.load import (
    Executor,
    LoadPlan,
    LoadSamples,
    LoadSummary,
    Scenario,
    Stage,
)
from perfreport.model.measurement import (
    CheckRow,
    ErrorRow,
    Latency,
    LoadSlice,
    Measurement,
    Measurements,
    ScenarioRow,
    Selector,
    StatusRow,
    Timeline,
)
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import Intake, TestRun
from perfreport.model.source import Clock, ClockKind, Problem, Provenance, SourceRef
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.model.validity import Validity

START = 1_795_300_000 * NS_PER_SECOND
HOSTILE = "GET /a|b`c``d\n<script>alert(1)</script> **x** [y](javascript:z) \\| \x1b[31m\u202e" + (
    "u" * 12_000
)


def said(text: str) -> Message:
    """Text as the user gave it, in every language."""
    return message("report.as-code", text=text)


def source(path: str, kind: str, *, skipped: int = 0) -> SourceRef:
    return SourceRef(
        path,
        kind,
        records=178_678,
        skipped=skipped,
        start_ns=START,
        end_ns=START + 120 * NS_PER_SECOND,
        clock=Clock(ClockKind.UTC),
    )


def objective(
    metric: str,
    stat: str,
    target: tuple[tuple[Operator, float], ...],
    unit: Unit,
    *,
    phase: str = "plateau",
    origin: str = "thresholds",
    on_missing: OnMissing = OnMissing.FAIL,
) -> Objective:
    bounds = tuple(Bound(op, limit, f"{op} {limit}") for op, limit in target)
    return Objective(
        id=f"{metric} {stat} {phase}",
        selector=Selector(metric, stat, phase=phase),
        unit=unit,
        target=bounds,
        origin=origin,
        on_missing=on_missing,
    )


def grade(
    goal: Objective,
    value: float | None,
    verdict: Verdict,
    *,
    interval: tuple[float, float] | None = None,
    reason: Message | None = None,
    borderline: bool = False,
    script_verdict: bool | None = None,
) -> Grade:
    measured = Measurement(goal.selector, value, goal.unit, 50_210 if value is not None else 0)
    margin = None
    if value is not None:
        bound = goal.target[0]
        below = bound.operator in {Operator.LT, Operator.LE}
        margin = bound.limit - value if below else value - bound.limit
    return Grade(
        goal,
        replace(measured, interval=interval),
        verdict,
        margin=margin,
        borderline=borderline,
        reason=reason,
        script_verdict=script_verdict,
    )


def latency(p50: float, p95: float, p99: float, n: int = 1000) -> Latency:
    return Latency(n, (p50 + p95) / 2, p50, (p50 + p95) / 2, p95, p99, p99 * 1.7)


def load_slice(  # noqa: PLR0913 - every keyword is optional
    phase: str,
    *,
    endpoint: str | None = None,
    scenario: str | None = None,
    requests: int = 50_210,
    failed: int = 25,
    rate: float = 28.5,
    spread: Latency | None = None,
    vus: float | None = None,
) -> LoadSlice:
    shape = spread or latency(0.045, 0.285, 0.520)
    return LoadSlice(
        phase, scenario, endpoint, 120.0, requests, failed, requests // 3, rate, rate * 1.01,
        shape, shape, vus,
    )  # fmt: skip


def phase(
    name: str, kind: PhaseKind, at: float, seconds: float, level: float, unit: LoadUnit
) -> Phase:
    start = START + round(at * NS_PER_SECOND)
    return Phase(
        name, kind, start, start + round(seconds * NS_PER_SECOND), said(name), PhaseOrigin.PLAN,
        level, unit,
    )  # fmt: skip


def measurements(phases: Phases, slices: tuple[LoadSlice, ...], **more: object) -> Measurements:
    empty = np.array([], dtype=np.float64)
    timeline = Timeline(
        None, None, 1.0, np.array([], dtype=np.int64), empty, empty, empty, empty, empty
    )
    base = Measurements(
        seconds=120.0,
        seconds_estimated=False,
        metrics=(),
        selected=(),
        slices=slices,
        errors=(),
        statuses=(),
        checks=(),
        scenarios=(),
        timelines=(timeline,),
        series=(),
        phases=phases.phases,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def samples(ref: SourceRef) -> LoadSamples:
    return LoadSamples(
        ref, None, (), (), START, START + 120 * NS_PER_SECOND, (ref.path,), 9 * 3600  # type: ignore[arg-type]
    )  # fmt: skip


def plan(ref: SourceRef) -> LoadPlan:
    def scenario(name: str, rate: float) -> Scenario:
        return Scenario(
            name=name, executor=Executor.RAMPING_ARRIVAL_RATE, exec=name, start_seconds=0.0,
            graceful_stop_seconds=30.0, start_level=0.0,
            stages=(Stage(300, rate), Stage(1800, rate), Stage(120, 0)),
            pre_allocated_vus=20, max_vus=40,
        )  # fmt: skip

    return LoadPlan(
        ref,
        (scenario("normalPurchase", 4.2), scenario("coupon", 1.5), scenario("popular", 1.0)),
        (),
    )


LT, LE, GE = Operator.LT, Operator.LE, Operator.GE


def run_of(label: str, *facts: object, kinds: tuple[str, ...] = ("k6-json",)) -> TestRun:
    refs = tuple(source(f"{label}/{kind}.json", kind) for kind in kinds)
    return TestRun(label, facts, refs, ())  # type: ignore[arg-type]


def load_test(*, verdict: Verdict = Verdict.WARNING) -> TestAnalysis:
    ref = source("lt/results.json", "k6-json")
    rate = LoadUnit.ITERATION_RATE
    phases = Phases(
        (
            phase("ramp-1", PhaseKind.RAMP, 0, 300, 6.7, rate),
            phase("plateau", PhaseKind.PLATEAU, 300, 1800, 6.7, rate),
            phase("ramp-2", PhaseKind.RAMP, 2100, 120, 0.0, rate),
        ),
        START,
        START + 2220 * NS_PER_SECOND,
    )
    seconds, share, per_second = Unit.SECONDS, Unit.RATIO, Unit.PER_SECOND
    failed = objective("http_req_failed", "rate", ((LT, 0.001),), share)
    p95 = objective("http_req_duration", "p(95)", ((LT, 0.3),), seconds)
    p99 = objective("http_req_duration", "p(99)", ((LT, 0.5),), seconds)
    busy = objective("throughput", "rate", ((GE, 25.0), (LE, 35.0)), per_second)
    pool = objective("hikaricp.connections.usage", "peak", ((LT, 0.5),), share)
    script = objective("http_req_duration", "p(95)", ((LT, 0.5),), seconds, origin="script")
    thin = objective("http_req_duration{name:GET /x}", "p(99.9)", ((LT, 0.5),), seconds)
    grades = (
        grade(failed, 0.0005, Verdict.PASS, interval=(0.0003, 0.0008)),
        grade(p95, 0.285, Verdict.PASS, interval=(0.281, 0.2896)),
        grade(p99, 0.520, verdict, interval=(0.495, 0.538), borderline=True),
        grade(busy, 28.5, Verdict.PASS),
        grade(pool, None, Verdict.NO_DATA),
        grade(thin, 0.4, Verdict.INCONCLUSIVE),
        grade(script, 0.285, Verdict.PASS, script_verdict=True),
        grade(replace(script, id="other"), 0.51, Verdict.FAIL, script_verdict=True),
    )
    test_grade = TestGrade("LT-001", TestKind.LOAD, said("steady"), verdict, grades)
    spec = TestSpec(
        "LT-001", TestKind.LOAD, said("steady"), (), (), "thresholds/load.yaml", "ab12" * 16
    )
    endpoints = ("GET /api/products/{id}", "POST /api/orders", HOSTILE)
    slices = (
        load_slice("all", vus=100),
        load_slice("ramp-1", rate=14.0),
        load_slice("plateau"),
        load_slice("ramp-2", rate=12.0, failed=0),
        *(load_slice("all", endpoint=name, failed=place) for place, name in enumerate(endpoints)),
        *(load_slice("all", scenario=name) for name in ("normalPurchase", "coupon", "popular")),
    )
    return TestAnalysis(
        run_of("lt", samples(ref), plan(ref), LoadSummary(ref, 120.0, (), (), (), "1.1.0")),
        spec,
        phases,
        measurements(
            phases,
            slices,
            errors=(
                ErrorRow("1050", "request timeout", "0", 20, endpoints[1], "coupon", START, START),
                ErrorRow("1500", None, "500", 5, HOSTILE, HOSTILE, START, START + 10**10),
            ),
            statuses=(StatusRow(endpoints[0], "GET", "404", 120, 120),),
            checks=(
                CheckRow("::order", "status is 200", None, 90, 10),
                CheckRow("", HOSTILE, None, 1, 1),
            ),
            scenarios=tuple(
                ScenarioRow(name, count, 0, 3.0, count * 3, START, START)
                for name, count in (("normalPurchase", 600), ("coupon", 300), ("popular", 100))
            ),
        ),
        Validity(ValidityLevel.VALID),
        test_grade,
        Diagnosis(),
    )  # fmt: skip


def stress_test() -> TestAnalysis:
    ref = source("st/results.json", "k6-json")
    rows = (
        (100, 28.0, 0.001, 0.290, 0.510, StageLevel.NORMAL, Verdict.PASS),
        (200, 55.0, 0.003, 0.380, 0.820, StageLevel.WARNING, Verdict.WARNING),
        (300, 82.0, 0.012, 0.650, 1.450, StageLevel.WARNING, Verdict.WARNING),
        (400, 98.0, 0.048, 1.850, 3.200, StageLevel.FAILED, Verdict.FAIL),
        (500, 85.0, 0.125, 3.500, 8.000, StageLevel.COLLAPSED, Verdict.FAIL),
    )
    goal = objective("http_req_failed", "rate", ((LT, 0.03),), Unit.RATIO, phase="stage-*")
    slow = objective("http_req_duration", "p(95)", ((LT, 0.6),), Unit.SECONDS, phase="stage-*")
    phases = Phases(
        tuple(
            phase(f"stage-{n}", PhaseKind.PLATEAU, 300 * n, 300, row[0], LoadUnit.VUS)
            for n, row in enumerate(rows, 1)
        ),
        START,
        START + 1500 * NS_PER_SECOND,
    )
    slices = [load_slice("all", rate=70.0, failed=2000, vus=500.0)]
    stages = []
    for n, (vus, rate, failed, p95, p99, level, verdict) in enumerate(rows, 1):
        slices.append(
            load_slice(
                f"stage-{n}", requests=10_000, failed=round(failed * 10_000), rate=rate,
                spread=latency(p95 / 3, p95, p99), vus=vus,
            )
        )  # fmt: skip
        grades = (
            grade(goal, failed, Verdict.FAIL if failed > 0.03 else Verdict.PASS),
            grade(slow, p95, Verdict.FAIL if p95 > 0.6 else Verdict.PASS),
        )
        limits = (Bound(GE, rate - 3, ""), Bound(LE, rate + 3, ""))
        stages.append(StageGrade(f"stage-{n}", level, verdict, grades, limits))
    test_grade = TestGrade(
        "ST-001", TestKind.STRESS, None, Verdict.FAIL, (), tuple(stages),
        BreakingPoint("stage-3", "stage-4", goal.id),
    )  # fmt: skip
    return TestAnalysis(
        run_of("st", samples(ref)),
        TestSpec("ST-001", TestKind.STRESS, None, ()),
        phases,
        measurements(phases, tuple(slices), seconds_estimated=True),
        Validity(
            ValidityLevel.QUESTIONABLE,
            findings=(
                Finding(
                    "iterations-dropped", Category.VALIDITY, Severity.MEDIUM, said("sum"),
                    said("title"), validity=ValidityLevel.QUESTIONABLE, effect=said("effect"),
                ),
            ),
        ),
        test_grade,
        diagnosed(),
        advice=advised(),
    )  # fmt: skip


def diagnosed() -> Diagnosis:
    place = Provenance("app.log", 10, 12)
    evidence = (
        KeyValues(said("figures"), ((said("active"), Quantity(20, Unit.COUNT), place),)),
        Table(
            said("queries"),
            (said("query"), said("mean")),
            ((HOSTILE, Quantity(0.85, Unit.SECONDS)),),
        ),
        Excerpt(said("log"), "text", ("```", HOSTILE, "Connection is not available"), place),
    )  # fmt: skip
    return Diagnosis(
        (
            Finding(
                "row-lock-contention", Category.BOTTLENECK, Severity.CRITICAL, said("one row"),
                said("locks"), evidence, Role.CAUSE, Priority.P0, rank=1,
                whys=(said("why 1"), said("why 2")), remedies=(said("shorten it"),),
                checks=(Command(said("check"), "sql", "SELECT * FROM sys.innodb_lock_waits;"),),
                subject=HOSTILE,
            ),
        ),
        (NotEvaluated("gc-pressure", (said("needs a GC log"),)),),
        (RuleError("slow-query", "ValueError: `boom`"),),
    )  # fmt: skip


def advised() -> Advice:
    base = Recommendation(
        remedy="atomic-update", horizon=Horizon.MID, priority=Priority.P0,
        finding="row-lock-contention", subject=HOSTILE, effort=Effort.DAYS,
        title=said("title"), change=said("change"), effect=said("effect"), risk=said("risk"),
        rollback=said("rollback"), verification=said("verify"),
        examples=(Command(said("pattern"), "java", "int take(long id);  // ```"),),
        notes=(said("note"),),
    )  # fmt: skip
    hunk = "@@ -2,2 +2,2 @@\n-  max: 1 # ``` <b>\n+  max: 2 # ``` <b>\n a: |\n"
    diff = f"--- a/app.yml\n+++ b/app.yml\n{hunk}"
    changed = SettingChange("hikaricp.connections.max", 2.0, "app.yml", 2, "max", "1", "2")
    short = replace(
        base, remedy="pool-size", horizon=Horizon.SHORT, diff=diff, changes=(changed,), examples=()
    )
    late = replace(base, remedy="stock-split", horizon=Horizon.LONG, priority=Priority.P1)
    return Advice(
        (short, base, late),
        (Futile("row-lock-contention", message("advice.futile.hot-row-pool")),),
        (FilePatch("app.yml", diff),),
    )


def peak_test() -> TestAnalysis:
    ref = source("pt/results.json", "k6-json")
    rows = (
        ("prepare", PhaseKind.PLATEAU, 30, 1000, 0.120),
        ("spike", PhaseKind.SPIKE, 5, 5000, 0.900),
        ("cooling", PhaseKind.COOLING, 55, 2000, 0.300),
        ("recovery", PhaseKind.RECOVERY, 60, 500, 0.130),
    )
    at = 0.0
    cut = []
    slices = [load_slice("all", failed=1900, vus=5000.0)]
    for name, kind, length, vus, p95 in rows:
        cut.append(phase(name, kind, at, length, vus, LoadUnit.VUS))
        slices.append(load_slice(name, failed=100, spread=latency(0.05, p95, p95 * 1.5), vus=vus))
        at += length
    phases = Phases(tuple(cut), START, START + round(at) * NS_PER_SECOND)
    goal = objective("http_req_failed", "rate", ((LT, 0.03),), Unit.RATIO, phase="spike")
    lost = objective("messages.lost", "value", ((LE, 0.0),), Unit.COUNT, phase="all")
    grades = (grade(goal, 0.038, Verdict.FAIL), grade(lost, 3.0, Verdict.FAIL))
    return TestAnalysis(
        run_of("pt", samples(ref)),
        TestSpec("PT-001", TestKind.PEAK, None, ()),
        phases,
        measurements(phases, tuple(slices)),
        Validity(ValidityLevel.VALID),
        TestGrade("PT-001", TestKind.PEAK, None, Verdict.FAIL, grades),
        Diagnosis(),
    )


def summary_only() -> TestAnalysis:
    """A test of which no sample is known: nothing but a verdict that says so."""
    phases = Phases((), START, START)
    return TestAnalysis(
        TestRun("empty", (), ()),
        TestSpec("LT-009", TestKind.LOAD, None, ()),
        phases,
        measurements(phases, (), seconds=0.0),
        Validity(ValidityLevel.INVALID),
        TestGrade("LT-009", TestKind.LOAD, None, Verdict.INCONCLUSIVE, ()),
        Diagnosis(),
    )


def intake(*tests: TestAnalysis) -> Intake:
    refs = [source("lt/results.json", "k6-json", skipped=2), source(HOSTILE, "unknown")]
    problems = (Problem(HOSTILE, said("cut"), 12), Problem("gc.log", said("odd")))
    return Intake(tuple(test.run for test in tests), tuple(refs), problems)


def everything() -> tuple[TestAnalysis, ...]:
    return (load_test(), stress_test(), peak_test(), summary_only())
