"""The three tests of the reference report: its figures give its verdicts."""

from __future__ import annotations

import pytest

from perfreport.grading import grade
from perfreport.model.grade import StageLevel, Verdict
from perfreport.model.phase import PhaseKind
from tests.unit.grading.cases import VALID, answered, measurements, phase, phases, shipped_spec

LT_FIGURES = {
    ("errorRate", "rate"): (0.0005, Verdict.PASS),
    ("http_req_duration", "p(95)"): (0.285, Verdict.PASS),
    ("http_req_duration", "p(99)"): (0.520, Verdict.WARNING),
    ("throughput", "rate"): (28.5, Verdict.PASS),
    ("process.cpu.usage", "mean"): (0.42, Verdict.PASS),
    ("jvm.memory.heap.utilization", "mean"): (0.58, Verdict.PASS),
    ("hikaricp.connections.utilization", "peak"): (9 / 20, Verdict.PASS),
    ("cache.hit.ratio", "mean"): (0.938, Verdict.PASS),
    ("jvm.gc.share", "mean"): (None, Verdict.NO_DATA),
}
PT_FIGURES = {
    ("success_rate", "rate"): (0.962, Verdict.WARNING),
    ("http_req_duration", "p(95)"): (0.185, Verdict.PASS),
    ("http_req_failed", "rate"): (0.038, Verdict.FAIL),
    ("kafka.messages.lost", "last"): (0.0, Verdict.PASS),
    ("coupon.duplicates", "last"): (0.0, Verdict.PASS),
    ("kafka.consumer.lag", "peak"): (2380.0 + 2250 + 2220, Verdict.FAIL),
    ("kafka.consumer.lag.drain", "last"): (510.0, Verdict.FAIL),
}
# throughput, error rate, p95, p99, pool use, pending
ST_FIGURES = [
    (28, 0.001, 0.290, 0.510, 0.45, 0),
    (55, 0.003, 0.380, 0.820, 0.70, 2),
    (82, 0.012, 0.650, 1.450, 0.90, 5),
    (98, 0.048, 1.850, 3.200, 1.00, 15),
    (85, 0.125, 3.500, 8.000, 1.00, 32),
]
LEVELS = [
    StageLevel.NORMAL,
    StageLevel.WARNING,
    StageLevel.WARNING,
    StageLevel.FAILED,
    StageLevel.COLLAPSED,
]


@pytest.mark.parametrize(
    ("test_id", "cut", "figures", "verdict"),
    [
        ("LT-001", phases(phase("plateau")), LT_FIGURES, Verdict.WARNING),
        ("PT-001", phases(phase("spike", PhaseKind.SPIKE)), PT_FIGURES, Verdict.FAIL),
    ],
)
def test_load_and_peak_verdicts(test_id, cut, figures, verdict) -> None:
    spec = shipped_spec(test_id)
    graded = grade(spec, cut, answered(spec, cut, lambda s: figures[s.metric, s.stat][0]), VALID)
    got = {(g.objective.selector.metric, g.objective.selector.stat): g for g in graded.grades}
    assert {key: one.verdict for key, one in got.items()} == {
        key: expected for key, (_, expected) in figures.items()
    }
    assert graded.verdict is verdict


def stress(figures=ST_FIGURES):
    spec = shipped_spec("ST-001")
    names = [row.name for row in spec.stages]
    cut = phases(*(phase(name, level=100.0 * n) for n, name in enumerate(names, 1)))
    keys = (
        ("throughput", "rate"),
        ("http_req_failed", "rate"),
        ("http_req_duration", "p(95)"),
        ("http_req_duration", "p(99)"),
        ("hikaricp.connections.utilization", "peak"),
        ("hikaricp.connections.pending", "peak"),
    )
    table = {
        (name, *key): value
        for name, row in zip(names, figures, strict=False)
        for key, value in zip(keys, row, strict=True)
    }
    found = answered(spec, cut, lambda s: table.get((s.phase, s.metric, s.stat)))
    return grade(spec, cut, found, VALID), names


def test_stress_stages_and_breaking_point() -> None:
    graded, names = stress()
    assert [row.level for row in graded.stages] == LEVELS
    assert graded.breaking_point is not None
    assert (graded.breaking_point.last_good, graded.breaking_point.phase) == (names[2], names[3])
    # Response time left its target at stage 2 already, errors only at stage 3.
    assert graded.breaking_point.objective == f"http_req_duration p(95) {names[3]}"
    assert graded.verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("stage", "column", "value", "level"),
    [
        (0, 1, 0.0099999, StageLevel.NORMAL),
        (0, 1, 0.01, StageLevel.WARNING),
        (0, 1, 0.03, StageLevel.FAILED),
        (0, 1, 0.10, StageLevel.COLLAPSED),
        (0, 0, 24.9, StageLevel.WARNING),  # at most a tenth below its band
        (0, 0, 22.4, StageLevel.FAILED),
        (0, 0, 60.0, StageLevel.NORMAL),  # more than meant is no failure
        (4, 1, 0.09, StageLevel.FAILED),
        (3, 0, 41.0, StageLevel.FAILED),  # half of the 82/s that stage 3 served
        (3, 0, 40.9, StageLevel.COLLAPSED),
    ],
)
def test_level_criteria(stage: int, column: int, value: float, level: StageLevel) -> None:
    figures = [list(row) for row in ST_FIGURES]
    figures[stage][column] = value
    graded, _ = stress(figures)
    assert graded.stages[stage].level is level


def test_a_stage_never_reached_is_not_judged() -> None:
    graded, names = stress(ST_FIGURES[:3])
    assert [row.level for row in graded.stages][3:] == [None, None]
    assert graded.verdict is Verdict.NO_DATA
    spec = shipped_spec("ST-001")
    cut = phases(*(phase(name, reached=name == names[0]) for name in names))
    rows = grade(spec, cut, measurements([]), VALID).stages
    assert [row.reason is not None for row in rows[1:]] == [True] * 4


def test_a_system_that_never_breaks_has_a_last_good_stage_only() -> None:
    healthy = [(tps, 0.0, 0.1, 0.2, 0.1, 0) for tps in (28, 55, 82, 115, 160)]
    graded, names = stress(healthy)
    assert graded.verdict is Verdict.PASS
    assert graded.breaking_point is not None
    assert (graded.breaking_point.last_good, graded.breaking_point.phase) == (names[4], None)
