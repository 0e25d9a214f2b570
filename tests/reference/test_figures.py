"""The figures and verdicts of the known report come out of `analyze`.

The data set is synthetic. Cells are compared as a reader sees them; expected figures come from
`figures.py` or are written with the digits they are printed with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.reference import figures as known
from tests.reference.figures import STAGES
from tests.reference.outline import table

if TYPE_CHECKING:
    from collections.abc import Sequence

LOAD, STRESS, PEAK = "Load Test (LT-001)", "Stress Test (ST-001)", "Peak Test (PT-001)"
LOAD_CHAPTER = f"{LOAD} - 평시 트래픽 안정성"
STRESS_CHAPTER = f"{STRESS} - 시스템 한계점 파악"
PEAK_CHAPTER = f"{PEAK} - 선착순 쿠폰 발급 급증"

STEADY = (
    ("에러율(404 제외)", "< 0.1%", "0.05%", "✅ PASS"),
    ("P95 응답 시간", "< 300 ms", "285 ms", "✅ PASS"),
    ("P99 응답 시간", "< 500 ms", "520 ms", "⚠️ WARNING"),
    ("처리량", "25–35/s", "28.5/s", "✅ PASS"),
    ("평균 CPU 사용률", "< 50%", "42%", "✅ PASS"),
    ("평균 힙 메모리 사용률", "< 60%", "58%", "✅ PASS"),
    ("최대 DB 커넥션 풀 사용률", "< 50%", "45%", "✅ PASS"),
)
STRESSED = (
    # 0.11 %: eight or nine of 8,408 requests; no whole number of them is 0.1 %
    ("1단계", "100", "25–30", "28", "0.11%", "290 ms", "510 ms", "✅ 정상"),
    ("2단계", "200", "50–60", "55", "0.3%", "380 ms", "820 ms", "⚠️ 경고"),
    ("3단계", "300", "80–100", "82", "1.2%", "650 ms", "1.45초", "⚠️ 경고"),
    ("4단계", "400", "110–130", "98", "4.8%", "1.85초", "3.2초", "❌ 실패"),
    ("5단계", "500", "≥ 150", "85", "12.5%", "3.5초", "8초", "❌ 중단"),
)
RUSHED = (
    ("쿠폰 발급 성공률", "> 97%", "96.2%", "⚠️ WARNING"),
    ("Kafka 메시지 유실", "= 0", "0", "✅ PASS"),
    ("최대 컨슈머 랙", "< 5,000", "6,850", "❌ FAIL"),
    ("컨슈머 랙 해소 시간", "< 5분", "8분 30초", "❌ FAIL"),
    ("중복 발급", "= 0", "0", "✅ PASS"),
    ("발급 API 응답 시간 p95", "< 200 ms", "185 ms", "✅ PASS"),
    ("에러율 (급증 구간)", "< 3%", "3.8%", "❌ FAIL"),
)
POOL = (
    (f"{LOAD} 유지 구간", "9/20 (45%)", "0", "0", "✅ 정상"),
    (f"{STRESS} 2단계", "14/20 (70%)", "2", "0", "⚠️ 경고"),
    (f"{STRESS} 3단계", "18/20 (90%)", "5", "2", "⚠️ 경고"),
    (f"{STRESS} 4단계", "20/20 (100%)", "15", "28", "❌ 고갈"),
)
HEAP = (
    (f"{LOAD} 유지 구간", "58%", "72%"),
    (f"{STRESS} 2단계", "68%", "82%"),
    (f"{STRESS} 3단계", "78%", "88%"),
    (f"{STRESS} 4단계", "85%", "95%"),
)
COLLECTIONS = (
    (f"{STRESS} 1단계", "5분당 12회", "50 ms", "0", "-"),
    (f"{STRESS} 4단계", "5분당 45회", "50 ms", "3", "1.2초"),
)
QUERIES = (
    ("select * from inventories where product_id = ? for update", "850 ms", "2,450"),
    ("insert into orders (user_id, total) values(?+)", "320 ms", "1,850"),
    ("select * from user_coupons where user_id = ? and coupon_id = ?", "280 ms", "5,200"),
)


def cells(row: dict[str, str], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(row[column] for column in columns)


def test_every_run_is_valid(tests: dict[str, Any]) -> None:
    """Nothing in the data may contradict itself, or nothing could be graded."""
    assert {test["validity"] for test in tests.values()} == {"valid"}


def test_the_three_tests_stand_in_their_order(tests: dict[str, Any]) -> None:
    assert list(tests) == ["LT-001", "ST-001", "PT-001"]
    assert [test["verdict"] for test in tests.values()] == ["WARNING", "FAIL", "FAIL"]


@pytest.mark.parametrize("expected", STEADY, ids=lambda row: row[0])
def test_steady_load(text: str, expected: tuple[str, ...]) -> None:
    measured = table(text, LOAD_CHAPTER, "측정 결과")
    assert cells(measured.row(expected[0]), ("메트릭", "목표", "실측", "판정")) == expected


def test_half_of_the_steady_requests_take_45_ms(text: str) -> None:
    assert table(text, LOAD_CHAPTER, "구간별 측정 결과").row("유지 구간")["P50"] == "45 ms"


def test_steady_load_was_made_as_planned(text: str) -> None:
    for said in (
        "**Executor**: `ramping-arrival-rate`",
        "(자동 조절, preAllocatedVUs 60, maxVUs 100)",
        "증가 구간 5분 → 유지 구간 (6.7 iter/s) 30분 → 감소 구간 2분",
    ):
        assert said in text


def test_products_that_do_not_exist_are_told_apart(text: str) -> None:
    assert "없는 데이터를 요청한 404 응답이 300건" in text


@pytest.mark.parametrize("expected", STRESSED, ids=lambda row: row[0])
def test_stages_of_stress(text: str, expected: tuple[str, ...]) -> None:
    measured = table(text, STRESS_CHAPTER, "단계별 측정 결과").row(expected[0])
    names = ("단계", "VUs", "목표 TPS", "실측 TPS", "에러율", "P95", "P99", "판정")
    assert cells(measured, names) == expected


def test_stress_breaks_in_the_fourth_stage(text: str, tests: dict[str, Any]) -> None:
    assert "**장애 지점 판정**: 4단계 (400 VUs)에서 한계에 도달했습니다." in text
    levels = [stage["level"] for stage in tests["ST-001"]["stages"]]
    assert levels == [stage.level for stage in STAGES]


@pytest.mark.parametrize("expected", RUSHED, ids=lambda row: row[0])
def test_coupon_rush(text: str, expected: tuple[str, ...]) -> None:
    measured = table(text, PEAK_CHAPTER, "측정 결과")
    assert cells(measured.row(expected[0]), ("메트릭", "목표", "실측", "판정")) == expected


@pytest.mark.parametrize("expected", POOL, ids=lambda row: row[0])
def test_the_pool_by_stage(text: str, expected: tuple[str, ...]) -> None:
    pool = table(text, "데이터베이스 관점", "HikariCP 커넥션 풀 분석")
    names = ("구간", "사용 중 (최대)", "대기 (최대)", "타임아웃", "판정")
    assert cells(pool.row(expected[0]), names) == expected


@pytest.mark.parametrize("expected", HEAP, ids=lambda row: row[0])
def test_the_heap_by_stage(text: str, expected: tuple[str, ...]) -> None:
    heap = table(text, "애플리케이션 관점", "JVM Heap 메모리 분석")
    names = ("구간", "Heap 사용률 (평균)", "Heap 사용률 (최대)")
    assert cells(heap.row(expected[0]), names) == expected


@pytest.mark.parametrize("expected", COLLECTIONS, ids=lambda row: row[0])
def test_garbage_collection_by_stage(text: str, expected: tuple[str, ...]) -> None:
    collections = table(text, "애플리케이션 관점", "GC 분석")
    names = ("구간", "Young GC 빈도", "Young GC 평균", "Full GC", "Full GC 평균")
    assert cells(collections.row(expected[0]), names) == expected


@pytest.mark.parametrize(("sql", "mean", "count"), QUERIES)
def test_the_slowest_statements(text: str, sql: str, mean: str, count: str) -> None:
    said = text[text.index(f"`{sql}`\n") :].splitlines()[1]
    assert f"평균 {mean}, 실행 {count}회" in said


def test_transactions_wait_for_one_row(text: str) -> None:
    row = table(text, "데이터베이스 관점", "행 락 경합").row(STRESS)
    assert row["테이블"] == "shop.inventories"
    assert row["대기 트랜잭션 (최대)"] == str(known.WAITING_FOR_ONE_ROW)
    assert row["경합한 행"] == "1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keyspace_hits", "125,480"),
        ("keyspace_misses", "8,220"),
        ("히트율", "93.9%"),  # 125,480 of 133,700; 93.8 % would be cut off, not rounded
        ("메모리 사용량", "115 MiB/256 MiB (45%)"),
    ],
)
def test_the_cache(text: str, name: str, value: str) -> None:
    assert table(text, "캐시 관점", "Redis 통계").row(name)[LOAD] == value


@pytest.mark.parametrize(
    ("key", "value"),
    [("shop.cache.product-ttl", "10분"), ("shop.cache.popular-products-ttl", "5분")],
)
def test_how_long_the_cache_keeps_its_entries(text: str, key: str, value: str) -> None:
    assert table(text, "캐시 관점", "현재 설정").row(key)["값"] == value


def test_the_keys_in_the_cache(text: str) -> None:
    keys = table(text, "캐시 관점", "느린 명령과 키 패턴 (SLOWLOG)")
    assert {row[1] for row in keys.rows} == {
        "cache:product:{id}",
        "cache:popular_products",
        "coupon:queue:{id}",
        "distributed_lock:order:{id}",
    }


def test_request_threads(text: str) -> None:
    row = table(text, "네트워크 관점", "HTTP 스레드와 연결").row(f"{STRESS} 4단계")
    assert row["Tomcat 스레드 (최대)"] == "185/200 (92.5%)"
    assert row["요청 대기열 (최대)"] == "32"


def test_the_producer_in_the_rush(text: str) -> None:
    producer = table(text, "Kafka 관점", "Producer 메트릭")
    row = producer.row("급증 구간")
    assert row["전송 속도 (평균)"] == f"{known.SENT_MEAN}/s"
    assert row["전송 속도 (최대)"] == f"{known.SENT_MOST:,}/s"
    assert row["전송 실패율"] == "3.8%"
    assert row["버퍼 여유 (최소)"] == "2 MiB/32 MiB (6.2%)"
    assert producer.row("급증 전")["버퍼 여유 (최소)"] == "32 MiB/32 MiB (100%)"


def test_the_course_of_the_lag(text: str) -> None:
    (row,) = table(text, "Kafka 관점", "Consumer Lag 추이").rows
    assert row[2:] == ("0", "4,700", "6,850", "시작 후 1분", "6,165", "8분 30초")


def test_all_partitions_together_consume_60_messages_per_second(text: str) -> None:
    consumer = table(text, "Kafka 관점", "Consumer 메트릭")
    assert {row[2] for row in consumer.rows} == {f"{sum(known.CONSUMED)}/s"}


def test_consumers_by_partition(text: str) -> None:
    partitions = table(text, "Kafka 관점", "파티션별 처리")
    assert [(row[3], row[5], row[6]) for row in partitions.rows] == [
        ("0", "20/s", "2,380"),
        ("1", "19/s", "2,250"),
        ("2", "21/s", "2,220"),
    ]


def test_the_full_pool_is_explained_by_those_who_wait_for_one_row(
    text: str, tests: dict[str, Any]
) -> None:
    """The five whys of the known report end at orders that contend for the same product."""
    (cause,) = (one for one in tests["ST-001"]["findings"] if one["role"] == "cause")
    assert cause["rule"] == "row-lock-contention"
    (pool,) = (one for one in tests["ST-001"]["findings"] if one["rule"] == "pool-exhausted")
    assert pool["caused_by"] == ["row-lock-contention"]
    for said in (
        "4단계에서 커넥션 풀이 가득 차(20/20) 요청이 최대 15건까지 커넥션을 기다렸습니다.",
        "커넥션을 점유한 시간의 60%는",
        "한 순간에 최대 15개 트랜잭션이 줄을 섰습니다.",
    ):
        assert said in text


def test_twenty_connections_of_200_ms_carry_100_requests_per_second(text: str) -> None:
    row = table(text, "데이터베이스 관점", "HikariCP 커넥션 풀 분석").row(f"{STRESS} 4단계")
    assert (row["점유 시간 (평균)"], row["풀의 이론적 한계"]) == ("200 ms", "100/s")


def test_the_slow_consumer_is_the_first_bottleneck_of_the_rush(tests: dict[str, Any]) -> None:
    causes = [one["rule"] for one in tests["PT-001"]["findings"] if one["role"] == "cause"]
    assert causes[:1] == ["kafka-consumer-slow"]
