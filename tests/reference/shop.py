"""The three tests of the synthetic shop: steady load, five steps of stress, a coupon rush."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.reference import dumps, k6
from tests.reference import figures as known
from tests.reference.figures import STAGE_SECONDS, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

ORDER, ISSUE, PRODUCT = "POST /api/orders", "POST /api/coupons/{id}/issue", "GET /api/products/{id}"
FLOWS = {
    "normalPurchase": ("GET /api/products", "GET /api/carts", "POST /api/carts", ORDER, PRODUCT),
    "couponIssue": ("GET /api/coupons", ISSUE, "GET /api/coupons/status"),
    "popularItem": ("GET /api/products/popular", PRODUCT, ORDER),
}
SHARES = {"normalPurchase": 0.6, "couponIssue": 0.3, "popularItem": 0.1}
_KEYS = (
    ("GET", "cache:product:17"),
    ("GET", "cache:popular_products"),
    ("LPUSH", "coupon:queue:3"),
    ("SET", "distributed_lock:order:17"),
)
_POOL = '{pool="HikariPool-1"}'
_HEAP = '{area="heap",id="PS Old Gen"}'
_TOMCAT = '{name="http-nio-8080"}'
_CLIENT = '{client_id="producer-1"}'


def write(folder: Path) -> None:
    """Write all three tests, and the configuration they share."""
    for made in (load_test, stress_test, peak_test):
        made(folder)
    (folder / "application.yml").write_text(_APPLICATION, encoding="utf-8")
    (folder / "docker-compose.yml").write_text(_COMPOSE, encoding="utf-8")
    (folder / "campaign.yaml").write_text(_CAMPAIGN, encoding="utf-8")


def _opened(folder: Path, name: str, order: int) -> tuple[Path, datetime]:
    (folder / name).mkdir(parents=True)
    return folder / name, known.BEGIN + timedelta(hours=2 * order)


def _times(p50: float, p95: float, p99: float) -> tuple[tuple[float, float], ...]:
    """Quantiles, each with a little around it, so that it is the same for every part."""
    around = [(share + off, value) for share, value, off in (
        (0.5, p50, -0.02), (0.5, p50, 0.02), (0.95, p95, -0.01), (0.95, p95, 0.01),
        (0.99, p99, -0.004), (0.99, p99, 0.004),
    )]  # fmt: skip
    return ((0.0, p50 / 5), *around, (1.0, p99 * 1.5))


def load_test(parent: Path) -> None:
    """LT-001: five minutes up, thirty minutes of three scenarios, two minutes down."""
    folder, begin = _opened(parent, "LT-001", 0)
    times = _times(known.STEADY_P50_MS, known.STEADY_P95_MS, known.STEADY_P99_MS)
    seconds = tuple(accumulate((known.UP, known.SUSTAIN, known.DOWN), initial=0))
    scenarios, plan = [], {}
    for name, per_minute, users, allocated, most in known.MIX:
        rate, feeds = per_minute / 60, name != "popularItem"
        steady = k6.Stretch(
            known.SUSTAIN,
            rate,
            times,
            failed=known.STEADY_ERRORS if feeds else 0.0,
            skipped=known.SKIPPED if name == "normalPurchase" else 0,
        )
        up = k6.Stretch(known.UP, 0.0, times, end_rate=rate)
        down = k6.Stretch(known.DOWN, rate, times, end_rate=0.0)
        stretches, lasts = (up, steady, down), users / rate
        scenarios.append(k6.Scenario(name, FLOWS[name], stretches, lasts=lasts, counts=feeds))
        plan[name] = {
            "executor": "ramping-arrival-rate",
            "startRate": 0,
            "timeUnit": "1m0s",
            "stages": k6.stages(tuple(zip(seconds, (0, per_minute, per_minute, 0), strict=True))),
            "preAllocatedVUs": allocated,
            "maxVUs": most,
        }
    k6.results(folder / "results.json.zst", begin, scenarios, known.MOST_USERS)
    k6.inspected(folder / "inspect.json", plan, known.MOST_USERS)
    dumps.scrapes(folder / "scrapes.prom", begin, range(0, seconds[-1], 15), _steady)
    dumps.gc_log(
        folder / "gc.log",
        begin,
        (known.HEAP_INITIAL, known.HEAP_MAX),
        ((at, known.YOUNG_PAUSE, known.STEADY_HEAP_PEAK, False) for at in range(20, 2220, 25)),
    )
    product = "SELECT * FROM `products` WHERE `id` = ?"
    dumps.digest(folder, ((product, known.MISS_SECONDS, known.MISSES, 1, 1),))
    for name, at, hits, misses in (
        ("before", begin, 0, 0),
        ("after", begin + timedelta(seconds=seconds[-1]), known.HITS, known.MISSES),
    ):
        up_for = round((at - known.BEGIN).total_seconds()) + 3600
        dumps.redis_info(folder / f"redis-{name}.txt", at, up_for, hits, misses, known.REDIS_MEMORY)

    dumps.redis_slowlog(folder / "redis-slowlog.txt", begin + timedelta(minutes=20), _KEYS)


def stress_test(parent: Path) -> None:
    """ST-001: 100 to 500 virtual users in five steps, in the mix 60 to 30 to 10."""
    folder, begin = _opened(parent, "ST-001", 1)
    end = STAGE_SECONDS * len(STAGES)
    last = STAGES[-1]
    scenarios, plan = [], {}
    for name, share in SHARES.items():
        stretches, levels = [], []
        for place, stage in enumerate(STAGES):
            times = _times(stage.p95_ms / 4, stage.p95_ms, stage.p99_ms)
            stretches.append(
                k6.Stretch(STAGE_SECONDS, stage.attempted * share, times, failed=stage.failed)
            )
            level = round(100 * (place + 1) * share)
            levels += [(STAGE_SECONDS * place, level), (STAGE_SECONDS * (place + 1), level)]
        stretches.append(
            k6.Stretch(10, last.attempted * share, stretches[-1].quantiles, last.failed, 0.0)
        )
        levels.append((end + 10, 0))
        scenarios.append(k6.Scenario(name, (FLOWS[name][-2],), tuple(stretches), tuple(levels)))
        plan[name] = {
            "executor": "ramping-vus",
            "startVUs": levels[0][1],
            "stages": k6.stages(levels),
        }
    k6.results(folder / "results.json.zst", begin, scenarios, 500)
    k6.inspected(folder / "inspect.json", plan, 500)
    dumps.scrapes(folder / "scrapes.prom", begin, range(5, end + 60, 5), _stressed)
    heap = (known.HEAP_INITIAL, known.HEAP_MAX)
    dumps.gc_log(folder / "gc.log", begin, heap, _collections())
    dumps.digest(folder, known.STATEMENTS, locked=0.9)
    dumps.global_status(folder / "global_status.tsv", begin, _row_locks(end))
    waits = ((at, _stage_at(at).pending) for at in range(30, end, 60))
    dumps.lock_waits(folder / "lock-waits.tsv", begin, waits)
    dumps.app_log(folder / "app.log", begin, _timed_out())


def peak_test(parent: Path) -> None:
    """PT-001: 5000 virtual users within five seconds, and the backlog they leave behind."""
    folder, begin = _opened(parent, "PT-001", 2)
    times = _times(40, known.RUSH_P95_MS, 320)
    consumed = sum(known.CONSUMED)
    grown = sum(known.LAG) - known.LAG_AFTER_RUSH
    falls = known.LAG_PEAK_AFTER - (known.RUSH_ENDS - known.RUSH_AT)
    after = consumed + 2 * grown / falls  # messages per second right after the rush
    parts = (
        (known.RUSH_AT, consumed, consumed),
        (known.RUSH_ENDS - known.RUSH_AT, known.INCOMING, known.INCOMING),
        (falls, after, consumed),
        (known.PLAN_ENDS - known.RUSH_ENDS - falls, consumed, consumed),
    )
    stretches = tuple(
        k6.Stretch(
            seconds,
            rate / (1 - known.RUSH_FAILED),
            times,
            failed=known.RUSH_FAILED,
            end_rate=end / (1 - known.RUSH_FAILED),
        )
        for seconds, rate, end in parts
    )
    last = known.USERS[-1][1]
    finishing = known.LOAD_ENDS - known.PLAN_ENDS  # each VU ends what it is at
    stretches += (k6.Stretch(finishing, last / finishing, times, failed=known.RUSH_FAILED),)
    ends = accumulate(seconds for seconds, _ in known.USERS)
    levels = (
        (0, known.FIRST_USERS),
        *zip(ends, (users for _, users in known.USERS), strict=True),
    )
    gone = (*levels, (known.PLAN_ENDS, 0), (known.LOAD_ENDS, 0))
    scenario = k6.Scenario("couponIssue", (ISSUE,), stretches, gone)
    k6.results(folder / "results.json.zst", begin, (scenario,), 5000)
    plan = {"startVUs": known.FIRST_USERS, "stages": k6.stages(levels)}
    k6.inspected(
        folder / "inspect.json", {"couponIssue": {"executor": "ramping-vus", **plan}}, 5000
    )
    dumps.consumer_groups(folder / "consumer-groups.txt", begin, _backlog())
    dumps.scrapes(folder / "scrapes.prom", begin, range(known.LOAD_ENDS + 1), _rushed)
    insert = "INSERT INTO `coupon_issues` ( `coupon_id` , `user_id` ) VALUES (...)"
    taken = consumed * (known.LOAD_ENDS + known.DRAIN)
    dumps.digest(folder, ((insert, known.INSERT_SECONDS, taken, 0, 0),))
    dumps.app_log(folder / "app.log", begin, _not_sent())
    (folder / "observations.yaml").write_text(_OBSERVED, encoding="utf-8")


def _application(
    active: int, heap: float, returned: tuple[float, float], stage: known.Stage = STAGES[0]
) -> dict[str, float]:
    """Return one scrape; `returned`: connections so far, and the seconds all of them were held."""
    return {
        f"hikaricp_connections_active{_POOL}": active,
        f"hikaricp_connections_idle{_POOL}": known.POOL - active,
        f"hikaricp_connections_max{_POOL}": known.POOL,
        f"hikaricp_connections_pending{_POOL}": stage.pending,
        f"hikaricp_connections_timeout_total{_POOL}": 0,
        f"hikaricp_connections_usage_seconds_count{_POOL}": returned[0],
        f"hikaricp_connections_usage_seconds_sum{_POOL}": returned[1],
        f"jvm_memory_max_bytes{_HEAP}": known.HEAP_MAX,
        f"jvm_memory_used_bytes{_HEAP}": known.HEAP_MAX * heap,
        f"tomcat_threads_busy_threads{_TOMCAT}": stage.threads,
        f"tomcat_threads_config_max_threads{_TOMCAT}": known.THREADS,
        f"tomcat_threads_queue{_TOMCAT}": stage.queue,
        f"tomcat_connections_current_connections{_TOMCAT}": stage.threads + stage.queue,
        f"tomcat_connections_keepalive_current_connections{_TOMCAT}": stage.threads,
        f"tomcat_connections_config_max_connections{_TOMCAT}": 8192,
        "process_cpu_usage": known.STEADY_CPU,
    }


def _wave(mean: float, peak: float, place: int, length: int) -> float:
    """Return a value of a sawtooth of so many values with this mean and this peak."""
    return mean + (peak - mean) * (2 * (place % length) / (length - 1) - 1)


def _steady(second: int) -> dict[str, float]:
    heap = _wave(known.STEADY_HEAP, known.STEADY_HEAP_PEAK, second // 15, 20)
    borrowed = second * known.STEADY_RATE
    return _application(known.STEADY_ACTIVE, heap, (borrowed, borrowed * STAGES[0].held))


def _stage_at(second: int) -> known.Stage:
    return STAGES[min(max(second - 1, 0) // STAGE_SECONDS, len(STAGES) - 1)]


def _of_stages(second: int, counts: tuple[float, ...]) -> float:
    """Return how much of what each stage adds evenly has come together."""
    return sum(
        count * min(max(second - STAGE_SECONDS * place, 0) / STAGE_SECONDS, 1.0)
        for place, count in enumerate(counts)
    )


def _stressed(second: int) -> dict[str, float]:
    counts = tuple(stage.rate * STAGE_SECONDS for stage in STAGES)
    borrowed = _of_stages(second, counts)
    times = tuple(count * stage.held for count, stage in zip(counts, STAGES, strict=True))
    held = _of_stages(second, times)
    timeouts = round(_of_stages(second, tuple(stage.timeouts for stage in STAGES)))
    returned = borrowed, held
    stage = _stage_at(second)
    heap = _wave(stage.heap, stage.heap_peak, second // 5 - 1, STAGE_SECONDS // 5)
    over = second > STAGE_SECONDS * len(STAGES)
    told = (
        _application(0, 0.6, returned)
        if over
        else _application(stage.active, heap, returned, stage)
    )
    return {**told, f"hikaricp_connections_timeout_total{_POOL}": timeouts}


def _collections() -> Iterator[tuple[float, float, float, bool]]:
    for place, stage in enumerate(STAGES):
        pauses = [(each / stage.young, False) for each in range(stage.young)]
        pauses += [((each + 0.505) / stage.full, True) for each in range(stage.full)]
        for share, full in sorted(pauses):
            at = STAGE_SECONDS * (place + share) + 1
            length = known.FULL_PAUSE if full else known.YOUNG_PAUSE
            yield at, length, stage.heap_peak, full


def _row_locks(end: int) -> Iterator[tuple[int, dict[str, int]]]:
    counts = tuple(stage.rate * STAGE_SECONDS * known.WAITS for stage in STAGES)
    waited = tuple(count * stage.lock_seconds for count, stage in zip(counts, STAGES, strict=True))
    for second in range(0, end + 1, 10):
        yield (
            second,
            {
                "Innodb_row_lock_time": round(_of_stages(second, waited) * 1000),
                "Innodb_row_lock_waits": round(_of_stages(second, counts)),
                "Threads_running": _stage_at(second).active // 2,
            },
        )


def _timed_out() -> Iterator[tuple[float, str, str, str]]:
    said = (
        "HikariPool-1 - Connection is not available, request timed out after 5000ms "
        "(total=20, active=20, idle=0, waiting=15)"
    )
    for place, stage in enumerate(STAGES):
        for each in range(stage.timeouts):
            at = STAGE_SECONDS * (place + (each + 0.5) / stage.timeouts)
            yield at, "ERROR", "o.h.engine.jdbc.spi.SqlExceptionHelper", said
    starved = "HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=10s)."
    yield STAGE_SECONDS * 3.5, "WARN", "com.zaxxer.hikari.pool.HikariPool", starved


def _share_of_lag(second: int) -> float:
    """Return the lag as a share of its peak: up in the rush, to its peak, away after the load."""
    peak = known.RUSH_AT + known.LAG_PEAK_AFTER
    first = known.LAG_AFTER_RUSH / sum(known.LAG)
    if second <= known.RUSH_ENDS:
        return first * max(second - known.RUSH_AT, 0) / (known.RUSH_ENDS - known.RUSH_AT)
    if second <= peak:  # what comes in falls evenly to what is consumed
        left = (peak - second) / (peak - known.RUSH_ENDS)
        return 1 - (1 - first) * left**2
    if second <= known.LOAD_ENDS:
        return 1.0 - 0.001 * (second - peak)
    at_end = 1.0 - 0.001 * (known.LOAD_ENDS - peak)
    return max(0.0, at_end * (1 - (second - known.LOAD_ENDS) / known.DRAIN))


def _backlog() -> Iterator[tuple[int, list[tuple[int, int]]]]:
    peak = known.RUSH_AT + known.LAG_PEAK_AFTER
    after = range(known.LOAD_ENDS, known.LOAD_ENDS + known.DRAIN + 31, 5)
    for second in (*range(known.LOAD_ENDS), *after):
        partitions = zip(known.COMMITTED, known.CONSUMED, known.LAG, strict=True)
        share = _share_of_lag(second)
        yield (
            second,
            [
                (committed + rate * (second - peak), round(lag * share))
                for committed, rate, lag in partitions
            ],
        )


def _rushed(second: int) -> dict[str, float]:
    borrowed = second * known.STEADY_RATE
    rush = known.RUSH_AT < second <= known.RUSH_ENDS
    during = min(max(second - known.RUSH_AT, 0), known.RUSH_ENDS - known.RUSH_AT)
    around = second - during
    per_second = (825, 1075, known.SENT_MOST, 975, 675)  # on average as many as are known
    sent = sum(per_second[:during]) + around * sum(known.CONSUMED)
    failed = round(sum(per_second[:during]) * known.RUSH_FAILED / (1 - known.RUSH_FAILED))
    return {
        **_application(known.STEADY_ACTIVE, known.STEADY_HEAP, (borrowed, borrowed * known.WORKED)),
        f"kafka_producer_record_send_total{_CLIENT}": sent,
        f"kafka_producer_record_error_total{_CLIENT}": failed,
        f"kafka_producer_buffer_available_bytes{_CLIENT}": known.BUFFER_LEFT
        if rush
        else known.BUFFER,
        f"kafka_producer_buffer_total_bytes{_CLIENT}": known.BUFFER,
    }


def _not_sent() -> Iterator[tuple[float, str, str, str]]:
    said = "Coupon issue failed: org.apache.kafka.common.errors.TimeoutException: Expiring record"
    for each in range(round(known.SENT_MEAN * 5 * known.RUSH_FAILED)):
        at = known.RUSH_AT + each / (known.SENT_MEAN * known.RUSH_FAILED)
        yield at, "ERROR", "c.s.e.coupon.CouponController", said


_APPLICATION = """\
server:
  tomcat:
    threads:
      max: 200
spring:
  datasource:
    hikari:
      pool-name: HikariPool-1
      maximum-pool-size: 20
      minimum-idle: 5
      connection-timeout: 5000
  kafka:
    consumer:
      group-id: ecommerce-coupon-consumer-group
    listener:
      concurrency: 3
shop:
  cache:
    product-ttl: 10m
    popular-products-ttl: 5m
"""
_COMPOSE = """\
services:
  app:
    image: ecommerce:1.0
    environment:
      JAVA_OPTS: "-Xms512m -Xmx1024m -XX:+UseG1GC"
  kafka:
    image: kafka:3.7
    environment:
      KAFKA_NUM_PARTITIONS: 3
"""
_CAMPAIGN = """\
tests:
  - id: LT-001
    files: [LT-001/]
    mix: {normalPurchase: 60%, couponIssue: 30%, popularItem: 10%}
  - id: ST-001
    files: [ST-001/]
    mix: {normalPurchase: 60%, couponIssue: 30%, popularItem: 10%}
  - id: PT-001
    files: [PT-001/]
shared: [application.yml, docker-compose.yml]
"""
_OBSERVED = """\
observations:
  - {name: kafka.messages.lost, value: 0, source: "records sent against rows in coupon_issues"}
  - {name: coupon.duplicates, value: 0, source: "GROUP BY user_id, coupon_id HAVING COUNT(*) > 1"}
"""
