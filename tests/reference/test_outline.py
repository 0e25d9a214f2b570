"""Every section, table and column of the known report has its counterpart, in that order.

The known report was written by hand; the right-hand side is what this report calls the same. A
section may stand between two others, but none may be missing or out of its place. Ranks of
bottlenecks stand only where there are such bottlenecks: here both causes are of the first rank.
"""

from __future__ import annotations

import pytest

from tests.reference.outline import tables, titles

LOAD, STRESS, PEAK = "Load Test (LT-001)", "Stress Test (ST-001)", "Peak Test (PT-001)"
LOAD_CHAPTER = f"{LOAD} - 평시 트래픽 안정성"
STRESS_CHAPTER = f"{STRESS} - 시스템 한계점 파악"
PEAK_CHAPTER = f"{PEAK} - 선착순 쿠폰 발급 급증"

HEADINGS = (
    "성능 테스트 분석 리포트 및 병목 개선안",
    "📊 1부: 성능 지표 분석 리포트",
    "1.1 핵심 요약 (Executive Summary)",
    "1.2 테스트별 지표 분석",
    f"1.2.1 {LOAD_CHAPTER}",
    f"1.2.2 {STRESS_CHAPTER}",
    f"1.2.3 {PEAK_CHAPTER}",
    "1.3 시스템 리소스 분석",
    "데이터베이스 관점",
    "캐시 관점",
    "애플리케이션 관점",
    "Kafka 관점",
    "1.4 네트워크 관점",
    "🔍 2부: 병목 후보 도출 및 근거",
    "2.1 1순위 병목 (Critical - 즉시 조치 필요)",
    "💡 3부: 개선안 제시",
    "3.1 단기 개선안 (핫픽스/설정 변경)",
    "3.2 중기 개선안 (쿼리/캐시/트랜잭션 최적화)",
    "3.3 장기 개선안 (아키텍처/스케일링)",
    "📋 추가로 필요한 데이터",
    "📈 개선 효과 예측 (Before/After)",
)
# Labels in bold, by the heading they stand under: the known report's on the left.
LABELS = (
    ("핵심 요약 (Executive Summary)", ("테스트 실행 개요", "주요 발견사항", "비즈니스 임팩트")),
    (LOAD_CHAPTER, ("테스트 구성", "측정 결과", "병목 분석", "결론")),
    (STRESS_CHAPTER, ("테스트 구성", "단계별 측정 결과", "병목 분석", "결론")),
    (PEAK_CHAPTER, ("테스트 구성", "측정 결과", "병목 분석", "결론")),
    ("데이터베이스 관점", ("HikariCP 커넥션 풀 분석", "실행 시간이 긴 쿼리", "권장사항")),
    ("캐시 관점", ("Redis 통계", "분석", "권장사항")),
    ("애플리케이션 관점", ("JVM Heap 메모리 분석", "GC 분석", "권장사항")),
    ("Kafka 관점", ("Producer 메트릭", "Consumer 메트릭", "Consumer Lag 추이", "권장사항")),
    ("네트워크 관점", ("HTTP 스레드와 연결", "권장사항")),
)
# Tables: where they stand, and for each column of the known report ours.
COLUMNS = (
    (
        LOAD_CHAPTER,
        "측정 결과",
        (("메트릭", "메트릭"), ("목표", "목표"), ("실측", "실측"), ("판정", "판정")),
    ),
    (
        STRESS_CHAPTER,
        "단계별 측정 결과",
        (
            ("단계", "단계"),
            ("VUs", "VUs"),
            ("목표 TPS", "목표 TPS"),
            ("실측 TPS", "실측 TPS"),
            ("에러율", "에러율"),
            ("P95", "P95"),
            ("P99", "P99"),
            ("판정", "판정"),
        ),
    ),
    (
        PEAK_CHAPTER,
        "측정 결과",
        (("메트릭", "메트릭"), ("목표", "목표"), ("실측", "실측"), ("판정", "판정")),
    ),
    (
        "데이터베이스 관점",
        "HikariCP 커넥션 풀 분석",
        (
            ("단계", "구간"),
            ("Active Connections", "사용 중 (최대)"),
            ("Pending", "대기 (최대)"),
            ("Timeout", "타임아웃"),
            ("이론적 최대 TPS", "풀의 이론적 한계"),
            ("판정", "판정"),
        ),
    ),
    (
        "애플리케이션 관점",
        "JVM Heap 메모리 분석",
        (
            ("단계", "구간"),
            ("평균", "Heap 사용률 (평균)"),
            ("최대", "Heap 사용률 (최대)"),
        ),
    ),
    (
        "애플리케이션 관점",
        "GC 분석",
        (
            ("Young GC 빈도", "Young GC 빈도"),
            ("Young GC 평균", "Young GC 평균"),
            ("Full GC 발생", "Full GC"),
            ("Full GC 평균", "Full GC 평균"),
        ),
    ),
    (
        "Kafka 관점",
        "Producer 메트릭",
        (
            ("record-send-rate 평균", "전송 속도 (평균)"),
            ("record-send-rate 최대", "전송 속도 (최대)"),
            ("에러율", "전송 실패율"),
            ("buffer-available-bytes", "버퍼 여유 (최소)"),
        ),
    ),
    (
        "Kafka 관점",
        "파티션별 처리",
        (("Partition", "파티션"), ("records-consumed-rate", "처리 속도 (평균)")),
    ),
    (
        "Kafka 관점",
        "Consumer Lag 추이",
        (
            ("급증 전", "급증 전 랙"),
            ("급증 직후", "급증 직후 랙"),
            ("최대", "최대 랙"),
            ("해소 완료", "해소 시간"),
        ),
    ),
    (
        "네트워크 관점",
        "HTTP 스레드와 연결",
        (
            ("max-threads, 사용률", "Tomcat 스레드 (최대)"),
            ("요청 큐잉", "요청 대기열 (최대)"),
            ("Keep-Alive", "Keep-Alive 연결 (최대)"),
        ),
    ),
    (
        "단기 개선안 (핫픽스/설정 변경)",
        "",
        (
            ("개선안", "개선안"),
            ("변경 내용", "변경 내용"),
            ("예상 효과", "예상 효과"),
            ("우선순위", "우선순위"),
        ),
    ),
)


def in_order(wanted: tuple[str, ...], found: list[str]) -> list[str]:
    """Return what is missing, or stands before what it should follow."""
    missing, place = [], 0
    for one in wanted:
        if one in found[place:]:
            place = found.index(one, place) + 1
        else:
            missing.append(one)
    return missing


def test_the_sections_stand_in_their_order(text: str) -> None:
    assert not in_order(HEADINGS, titles(text))


@pytest.mark.parametrize(("heading", "labels"), LABELS, ids=lambda value: value[:12])
def test_every_section_says_what_the_known_one_says(
    text: str, heading: str, labels: tuple[str, ...]
) -> None:
    begin = next(
        place for place, line in enumerate(text.splitlines())
        if line.startswith("#") and line.endswith(heading)
    )  # fmt: skip
    said = []
    for line in text.splitlines()[begin + 1 :]:
        if line.startswith("#"):
            break
        if line.startswith("**") and "**:" in line:
            said.append(line[2 : line.index("**:")])
    assert not in_order(labels, said)


@pytest.mark.parametrize(("heading", "label", "columns"), COLUMNS, ids=lambda value: value[:12])
def test_every_column_has_its_counterpart(
    text: str, heading: str, label: str, columns: tuple[tuple[str, str], ...]
) -> None:
    found = [one for one in tables(text) if one.heading.endswith(heading) and one.label == label]
    assert found, "the table is missing"
    assert not in_order(tuple(ours for _, ours in columns), list(found[0].columns))
