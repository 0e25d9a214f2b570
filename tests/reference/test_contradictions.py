"""Where the known report contradicts itself, the right figure is computed, or the input told of."""

from __future__ import annotations

from typing import Any

from tests.reference import figures as known
from tests.reference.outline import table

STRESS = "Stress Test (ST-001)"


def test_the_scenario_mix_is_that_of_the_rates(text: str) -> None:
    """60, 30 and 10 % stand beside 252, 90 and 60 iterations per minute."""
    mix = (
        "`normalPurchase` 62.7% (252 iter/m), `couponIssue` 22.4% (90 iter/m), "
        "`popularItem` 14.9% (60 iter/m)"
    )
    assert f"**시나리오 비율**: {mix}" in text
    differs = (
        "문서의 시나리오 비율이 k6 설정과 다릅니다(문서 → 설정): `normalPurchase` 60% → 62.7%, "
        "`couponIssue` 30% → 22.4%, `popularItem` 10% → 14.9%."
    )
    assert text.count(differs) == 1, "the stress test runs the documented mix"


def test_the_lag_drains_at_the_rate_of_all_partitions(text: str) -> None:
    """6,850 / 20 = 342 s is one partition's rate; three of them need 114 s."""
    assert sum(known.LAG) / sum(known.CONSUMED) == 6850 / 60
    assert "처리 속도 60/s로 1분 54초 만에 처리할 수 있는 양이지만" in text
    assert "5분 42초" not in text


def test_requests_wait_for_connections_long_before_150_per_second(text: str) -> None:
    """The summary says 150 and more, the table that they wait in the second stage."""
    pool = table(text, "데이터베이스 관점", "HikariCP 커넥션 풀 분석")
    assert pool.row(f"{STRESS} 1단계")["대기 (최대)"] == "0"
    assert pool.row(f"{STRESS} 2단계")["대기 (최대)"] == "2"
    stages = table(text, f"{STRESS} - 시스템 한계점 파악", "단계별 측정 결과")
    assert stages.row("2단계")["실측 TPS"] == "55"


def test_a_full_pool_is_full(text: str) -> None:
    """18 of 20 in use and 15 waiting stand beside 20 of 20 for the same stage."""
    pool = table(text, "데이터베이스 관점", "HikariCP 커넥션 풀 분석")
    assert pool.row(f"{STRESS} 4단계")["사용 중 (최대)"] == "20/20 (100%)"


def test_the_collector_is_that_of_the_log(text: str, tests: dict[str, Any]) -> None:
    """From G1 to ZGC is advised, but the log quoted is the Parallel collector's."""
    for name in ("LT-001", "ST-001"):
        notes = [one["rule"] for one in tests[name]["findings"] if one["category"] == "validity"]
        assert "settings-differ" in notes
    assert "`docker-compose.yml`의 `-XX:+UseG1GC` 설정은 `G1`인데" in text
    assert "실행 중인 시스템의 값은 `Parallel`입니다." in text
    assert "ZGC" not in text


def test_the_limit_of_the_pool_is_not_that_of_the_stage(text: str) -> None:
    """20 connections of 200 ms carry 100 per second; 110 were asked for and 98 served."""
    pool = table(text, "데이터베이스 관점", "HikariCP 커넥션 풀 분석")
    assert pool.row(f"{STRESS} 4단계")["풀의 이론적 한계"] == "100/s"
    assert "처리량은 98/s로 목표 110/s에 10.9% 못 미쳤습니다." in text


def test_statements_are_not_left_out_for_being_faster_than_a_second(text: str) -> None:
    """Slow is said to begin at one second, but the three slowest take 280 to 850 ms."""
    begin = text.index("**실행 시간이 긴 쿼리**")
    queries = text[begin : text.index("**행 락 경합**", begin)]
    for _, seconds, count, *_ in known.STATEMENTS:
        assert f"평균 {seconds * 1000:g} ms, 실행 {count:,}회" in queries
