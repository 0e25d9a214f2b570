"""The three tests of the synthetic shop: steady load, five steps of stress, a coupon rush."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.reference.generate import (
    BEGIN,
    Stretch,
    consumer_groups,
    inspected,
    k6_json,
    scrapes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HEAP = 1024**3
POOL = 20
ISSUE = "POST /api/coupons/{id}/issue"
# Stage: successful requests per second, failed share, P95 and P99 in ms; busy and waiting
# connections, timeouts while waiting, share of the heap in use.
STAGES = (
    (28, 0.001, 290, 510, 9, 0, 0, 0.60),
    (55, 0.003, 380, 820, 14, 2, 0, 0.68),
    (82, 0.012, 650, 1450, 18, 5, 2, 0.78),
    (98, 0.048, 1850, 3200, 20, 15, 28, 0.85),
    (85, 0.125, 3500, 8000, 20, 15, 28, 0.85),
)
STAGE_SECONDS = 120
LAG = (2380, 2250, 2220)
PEAK_AT, LOAD_ENDS, DRAIN = 90, 165, 510


def _times(p50: float, p95: float, p99: float) -> tuple[tuple[float, float], ...]:
    return ((0.0, p50 / 5), (0.5, p50), (0.95, p95), (0.99, p99), (1.0, p99 * 1.5))


def load_test(folder: Path) -> None:
    """LT-001: five minutes up, thirty minutes at 28.5 requests per second, two minutes down."""
    folder.mkdir(parents=True)
    times = _times(45, 285, 520)
    stretches = (
        Stretch(300, 0, 80, 0.0, 0.0, times, end_rate=28.5),
        Stretch(1800, 80, 80, 28.5, 0.0005, times),
        Stretch(120, 80, 0, 28.5, 0.0, times, end_rate=0.0),
    )
    k6_json(folder / "results.json.gz", BEGIN, stretches, "normalPurchase", 100)
    inspected(
        folder / "inspect.json",
        "normalPurchase",
        "ramping-arrival-rate",
        startRate=0,
        timeUnit="1m0s",
        stages=[
            {"duration": "5m0s", "target": 1710},
            {"duration": "30m0s", "target": 1710},
            {"duration": "2m0s", "target": 0},
        ],
        preAllocatedVUs=60,
        maxVUs=100,
    )
    seconds = range(0, 2220, 15)
    scrapes(
        folder / "scrapes.prom", BEGIN, seconds, lambda at: _application(9, 0, 0, 0.58, at * 45)
    )


def stress_test(folder: Path) -> None:
    """ST-001: 100 to 500 virtual users in five steps."""
    folder.mkdir(parents=True)
    stretches = []
    for place, (rate, failed, p95, p99, *_) in enumerate(STAGES, 1):
        times = _times(p95 / 4, p95, p99)
        stretches.append(Stretch(STAGE_SECONDS, 100 * place, 100 * place, rate, failed, times))
    stretches.append(Stretch(10, 500, 0, 85, 0.125, _times(875, 3500, 8000), end_rate=0.0))
    k6_json(
        folder / "results.json.gz", BEGIN + timedelta(hours=2), stretches, "normalPurchase", 500
    )
    steps = []
    for place in range(1, len(STAGES) + 1):
        steps += [
            {"duration": "0s", "target": 100 * place},
            {"duration": f"{STAGE_SECONDS}s", "target": 100 * place},
        ]
    steps.append({"duration": "10s", "target": 0})
    inspected(folder / "inspect.json", "normalPurchase", "ramping-vus", startVUs=100, stages=steps)
    seconds = range(5, STAGE_SECONDS * len(STAGES) + 60, 5)
    scrapes(folder / "scrapes.prom", BEGIN + timedelta(hours=2), seconds, _stressed)


def peak_test(folder: Path) -> None:
    """PT-001: 5000 virtual users within five seconds, and the backlog they leave behind."""
    folder.mkdir(parents=True)
    begin, times = BEGIN + timedelta(hours=4), _times(40, 185, 320)
    parts = (
        (30, 1000, 1000, 192, 192),
        (5, 1000, 5000, 192, 960),
        (55, 5000, 5000, 960, 960),
        (10, 5000, 500, 960, 96),
        (60, 500, 500, 96, 96),
        (5, 500, 0, 96, 0),
    )
    stretches = [
        Stretch(seconds, first, last, rate, 0.038, times, ISSUE, end_rate)
        for seconds, first, last, rate, end_rate in parts
    ]
    k6_json(folder / "results.json.gz", begin, stretches, "couponIssue", 5000)
    steps = [{"duration": f"{seconds}s", "target": last} for seconds, _, last, *_ in parts]
    inspected(folder / "inspect.json", "couponIssue", "ramping-vus", startVUs=1000, stages=steps)
    consumer_groups(folder / "consumer-groups.txt", begin, _lags())
    seconds = range(0, 165, 5)
    scrapes(
        folder / "scrapes.prom", begin, seconds, lambda at: _application(9, 0, 0, 0.58, at * 45)
    )


def _application(
    active: int, pending: int, timeouts: int, heap: float, used: float
) -> dict[str, float]:
    """Return one scrape; `used`: how often a connection was borrowed, 200 ms each time."""
    pool = '{pool="HikariPool-1"}'
    return {
        f"hikaricp_connections_active{pool}": float(active),
        f"hikaricp_connections_idle{pool}": float(POOL - active),
        f"hikaricp_connections_max{pool}": float(POOL),
        f"hikaricp_connections_pending{pool}": float(pending),
        f"hikaricp_connections_timeout_total{pool}": float(timeouts),
        f"hikaricp_connections_usage_seconds_count{pool}": float(used),
        f"hikaricp_connections_usage_seconds_sum{pool}": used * 0.2,
        'jvm_memory_max_bytes{area="heap",id="PS Old Gen"}': float(HEAP),
        'jvm_memory_used_bytes{area="heap",id="PS Old Gen"}': HEAP * heap,
        "process_cpu_usage": 0.42,
    }


def _stressed(second: int) -> dict[str, float]:
    stage = second // STAGE_SECONDS
    used = sum(min(max(second - STAGE_SECONDS * at, 0), STAGE_SECONDS) * row[4] * 5
               for at, row in enumerate(STAGES))  # fmt: skip
    before = sum(row[6] for row in STAGES[:stage])
    if stage == len(STAGES):
        return _application(0, 0, before, 0.6, used)
    *_, active, pending, timeouts, heap = STAGES[stage]
    share = min(1.0, (second % STAGE_SECONDS) / (STAGE_SECONDS - 10))
    return _application(active, pending, before + round(timeouts * share), heap, used)


def _lags() -> Iterator[tuple[int, Sequence[int]]]:
    for second in range(0, LOAD_ENDS + DRAIN + 31, 5):
        if second <= 30:
            share = 0.0
        elif second <= PEAK_AT:
            share = (second - 30) / (PEAK_AT - 30)
        else:
            share = max(0.0, 1 - (second - PEAK_AT) / (LOAD_ENDS + DRAIN - PEAK_AT))
        yield second, [round(lag * share) for lag in LAG]
