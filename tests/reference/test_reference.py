"""The figures and verdicts of the known report come out of `analyze`.

The data set is synthetic; see `generate.py`. Expected values are written as a reader knows them,
with the tolerance of the digits they are printed with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from perfreport.pipeline import analyze
from perfreport.render.formats import json as json_format
from perfreport.render.formats import markdown
from perfreport.render.i18n import Catalogue
from tests.reference import shop

if TYPE_CHECKING:
    from perfreport.model.report import Report

PLATEAU = (
    # metric, statistic, value, tolerance, verdict
    ("errorRate", "rate", 0.0005, 0.00001, "PASS"),
    ("http_req_duration", "p(95)", 0.285, 0.0005, "PASS"),
    ("http_req_duration", "p(99)", 0.520, 0.0005, "WARNING"),
    ("throughput", None, 28.5, 0.05, "PASS"),
    ("process.cpu.usage", "mean", 0.42, 0.005, "PASS"),
    ("jvm.memory.heap.utilization", "mean", 0.58, 0.005, "PASS"),
    ("hikaricp.connections.utilization", "peak", 9 / 20, 0.001, "PASS"),
)
STAGES = (
    # throughput, error rate, P95, P99, level
    (28, 0.001, 0.290, 0.510, "normal"),
    (55, 0.003, 0.380, 0.820, "warning"),
    (82, 0.012, 0.650, 1.450, "warning"),
    (98, 0.048, 1.850, 3.200, "failed"),
    (85, 0.125, 3.500, 8.000, "collapsed"),
)
RUSH = (
    ("success_rate", 0.962, 0.0005, "WARNING"),
    ("http_req_duration", 0.185, 0.0005, "PASS"),
    ("http_req_failed", 0.038, 0.0005, "FAIL"),
    ("kafka.consumer.lag", 6850, 0, "FAIL"),
    ("kafka.consumer.lag.drain", 8 * 60 + 30, 1, "FAIL"),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("synthetic")
    shop.load_test(folder / "LT-001")
    shop.stress_test(folder / "ST-001")
    shop.peak_test(folder / "PT-001")
    return analyze([str(folder)])


@pytest.fixture(scope="module")
def tests(report: Report) -> dict[str, Any]:
    written = json.loads(json_format.render(report, Catalogue("ko")))
    return {test["id"]: test for test in written["tests"]}


def grade(test: dict[str, Any], metric: str, stat: str | None = None) -> dict[str, Any]:
    (found,) = (
        one for one in test["grades"] if one["metric"] == metric and stat in {None, one["stat"]}
    )
    return found  # type: ignore[no-any-return]


def peak(test: dict[str, Any], signal: str, phase: str, figure: str = "peak") -> float:
    (found,) = (one for one in test["signals"] if (one["signal"], one["phase"]) == (signal, phase))
    return float(found[figure])


def test_the_three_tests_stand_in_their_order(tests: dict[str, Any]) -> None:
    assert list(tests) == ["LT-001", "ST-001", "PT-001"]
    assert [test["verdict"] for test in tests.values()] == ["WARNING", "FAIL", "FAIL"]


@pytest.mark.parametrize(("metric", "stat", "value", "tolerance", "verdict"), PLATEAU)
def test_steady_load(
    tests: dict[str, Any],
    metric: str,
    stat: str | None,
    value: float,
    tolerance: float,
    verdict: str,
) -> None:
    found = grade(tests["LT-001"], metric, stat)
    assert found["actual"] == pytest.approx(value, abs=tolerance)
    assert found["verdict"] == verdict


def test_half_of_the_steady_requests_take_45_ms(tests: dict[str, Any]) -> None:
    (plateau,) = (
        part
        for part in tests["LT-001"]["slices"]
        if (part["phase"], part["scenario"], part["endpoint"]) == ("plateau", None, None)
    )
    assert plateau["latency"]["p50"] == pytest.approx(0.045, abs=0.0005)


@pytest.mark.parametrize("stage", range(len(STAGES)))
def test_stages_of_stress(tests: dict[str, Any], stage: int) -> None:
    rate, failed, p95, p99, level = STAGES[stage]
    test = tests["ST-001"]
    judged = test["stages"][stage]
    (phase,) = (one for one in test["phases"] if one["name"] == judged["phase"])
    assert judged["level"] == level
    assert phase["vus_max"] == 100 * (stage + 1)
    assert phase["throughput"] == pytest.approx(rate, rel=0.005)
    assert phase["error_rate"] == pytest.approx(failed, abs=0.0005)
    assert phase["p95"] == pytest.approx(p95, rel=0.005)
    assert phase["p99"] == pytest.approx(p99, rel=0.01)


def test_stress_breaks_in_the_fourth_stage(tests: dict[str, Any]) -> None:
    stages = [stage["phase"] for stage in tests["ST-001"]["stages"]]
    assert tests["ST-001"]["breaking_point"]["phase"] == stages[3]
    assert tests["ST-001"]["breaking_point"]["last_good"] == stages[2]


@pytest.mark.parametrize(
    ("stage", "active", "pending", "timeouts"),
    [(1, 14, 2, 0), (2, 18, 5, 2), (3, 20, 15, 28)],
)
def test_the_pool_by_stage(
    tests: dict[str, Any], stage: int, active: int, pending: int, timeouts: int
) -> None:
    test = tests["ST-001"]
    phase = test["stages"][stage]["phase"]
    assert peak(test, "hikaricp.connections.active", phase) == active
    assert peak(test, "hikaricp.connections.pending", phase) == pending
    assert peak(test, "hikaricp.connections.timeout", phase, "increase") == timeouts


@pytest.mark.parametrize(("stage", "share"), [(1, 0.68), (2, 0.78), (3, 0.85)])
def test_the_heap_by_stage(tests: dict[str, Any], stage: int, share: float) -> None:
    test = tests["ST-001"]
    phase = test["stages"][stage]["phase"]
    found = peak(test, "jvm.memory.heap.utilization", phase, "mean")
    assert found == pytest.approx(share, abs=0.005)


def test_the_pool_is_the_first_bottleneck_of_stress(report: Report, tests: dict[str, Any]) -> None:
    """Twenty connections of 200 ms each carry 100 requests per second."""
    first = min(
        (one for one in tests["ST-001"]["findings"] if one["role"] == "cause"),
        key=lambda one: one["rank"],
    )
    assert first["rule"] == "pool-undersized"
    assert "100/s" in str(markdown.PLUGIN.render(report, Catalogue("ko")))


@pytest.mark.parametrize(("metric", "value", "tolerance", "verdict"), RUSH)
def test_coupon_rush(
    tests: dict[str, Any], metric: str, value: float, tolerance: float, verdict: str
) -> None:
    found = grade(tests["PT-001"], metric)
    assert found["actual"] == pytest.approx(value, abs=tolerance)
    assert found["verdict"] == verdict


def test_the_lag_of_each_partition(report: Report) -> None:
    assert sum(shop.LAG) == 6850
    text = str(markdown.PLUGIN.render(report, Catalogue("ko")))
    for partition, lag in enumerate(shop.LAG):
        (row,) = (
            line
            for line in text.splitlines()
            if f"| `coupon-issue-requests` | {partition} |" in line
        )
        assert row.endswith(f"| {lag:,} |")


def test_the_slow_consumer_is_the_first_bottleneck_of_the_rush(tests: dict[str, Any]) -> None:
    causes = [one["rule"] for one in tests["PT-001"]["findings"] if one["role"] == "cause"]
    assert causes[:1] == ["kafka-consumer-slow"]
