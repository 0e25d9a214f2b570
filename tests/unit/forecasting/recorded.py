"""A test recorded from a simulated system whose demands are known.

Users ask for orders and for pages; an order holds a connection, a page does not. What k6, a scraped
actuator and the database's statement digest would have written goes into files, one stage of load
after the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from perfreport.forecasting.network import Clock, Delay, Release, Seize, Station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perfreport.forecasting.network import Customer

START = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
STAGE = 12.0
THINK, HOLD, OUTSIDE, PAGE = 0.4, 0.04, 0.02, 0.004
SCAN = "SELECT `id` FROM `coupons` WHERE `user_id` = ?"
ITEM = "INSERT INTO `items` ( `order_id` , `sku` ) VALUES (...)"


@dataclass(frozen=True)
class Shop:
    """What an order asks for, in seconds, and the places there are for it.

    `hold` is spent with a connection. On top of it come the remote `call` (before the connection
    is taken where it is `outside`), `items` statements of one round `trip` each, a `scan`, and at
    last the row all orders change for `lock` seconds.
    """

    pool: int = 2
    threads: int | None = None
    hold: float = HOLD
    call: float = 0.0
    outside: bool = False
    items: int = 0
    trip: float = 0.0
    scan: float = 0.0
    lock: float = 0.0


class Recording:
    """Plays stages of load against a shop and keeps what an observer sees.

    `load` is virtual users per stage, or orders per second where `open_loop`.
    """

    def __init__(
        self,
        load: tuple[int, ...],
        pool: int = 2,
        seed: int = 5,
        *,
        shop: Shop | None = None,
        open_loop: bool = False,
        stage: float = STAGE,
    ) -> None:
        self.load, self.shop, self.stage = load, shop or Shop(pool=pool), stage
        self.open_loop = open_loop
        self.random = np.random.default_rng(seed)
        self.clock, self.pool = Clock(), Station("pool", self.shop.pool)
        self.threads, self.row = Station("threads", self.shop.threads or 10**6), Station("row", 1)
        self.requests: list[tuple[float, str, float]] = []
        self.iterations: list[tuple[float, float]] = []
        self.scrapes: list[tuple[float, dict[str, float]]] = []
        self.counted = dict.fromkeys(
            ("usage", "held", "acquired", "waited", "calls", "called", "lock"), 0.0
        )

    def play(self) -> Recording:
        """Let all stages pass."""
        self.seconds = self.stage * len(self.load)
        if self.open_loop:
            self.clock.enter([self._source()])
        else:
            self.clock.enter(
                self._user(self.stage * stage)
                for stage, (before, now) in enumerate(zip((0, *self.load), self.load, strict=False))
                for _ in range(now - before)
            )
        for second in range(int(self.seconds) + 1):
            self.clock.run(float(second))
            self.scrapes.append((float(second), dict(self._scrape())))
        return self

    def rate(self, stage: int, endpoint: str | None = None) -> float:
        """Requests per second of a stage."""
        low, high = self.stage * stage, self.stage * (stage + 1)
        asked = [at for at, name, _ in self.requests if endpoint in {None, name}]
        return sum(low <= at < high for at in asked) / self.stage

    def p95(self, endpoint: str | None = None) -> float:
        """95th percentile over the whole test."""
        return float(np.quantile([d for _, n, d in self.requests if endpoint in {None, n}], 0.95))

    def write(self, folder: Path, *, planned: bool = True) -> Path:
        """Write results.json, metrics.prom, inspect.json and the digest before and after."""
        folder.mkdir(parents=True, exist_ok=True)
        points = [_point("http_req_duration", at, d * 1e3, name) for at, name, d in self.requests]
        points += [_point("iteration_duration", at, d * 1e3) for at, d in self.iterations]
        points += [_point("vus", at, self._users_at(at)) for at, _ in self.scrapes]
        points.sort(key=lambda point: str(point["data"]))  # begins with the time
        declared = [
            _declaration("http_req_duration", "trend", "time"),
            _declaration("iteration_duration", "trend", "time"),
            _declaration("vus", "gauge", "default"),
        ]
        lines = [json.dumps(entry) for entry in (*declared, *points)]
        (folder / "results.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "metrics.prom").write_text(self._exposition(), encoding="utf-8")
        if self.open_loop and planned:
            (folder / "inspect.json").write_text(json.dumps(self._plan()), encoding="utf-8")
        if self.shop.scan or self.shop.items:
            orders = int(self.counted["usage"])
            for name, count in (("digest-before.tsv", 0), ("digest-after.tsv", orders)):
                (folder / name).write_text(self._digest(count), encoding="utf-8")
        return folder

    def _user(self, begin: float) -> Customer:
        yield Delay(begin)
        while self.clock.now < self.seconds:
            yield from self._iteration()

    def _source(self) -> Customer:
        while self.clock.now < self.seconds:
            rate = self.load[min(int(self.clock.now / self.stage), len(self.load) - 1)]
            yield Delay(self.random.exponential(1 / rate))
            self.clock.enter([self._iteration()])

    def _iteration(self) -> Customer:
        began = self.clock.now
        yield Seize(self.threads)
        yield Delay(PAGE)
        yield Release(self.threads)
        self.requests.append((self.clock.now, "GET /page", self.clock.now - began))
        yield Delay(self._think())
        asked = self.clock.now
        yield Seize(self.threads)
        yield from self._order()
        yield Release(self.threads)
        self.requests.append((self.clock.now, "POST /order", self.clock.now - asked))
        yield Delay(self._think())
        self.iterations.append((self.clock.now, self.clock.now - began))

    def _order(self) -> Customer:
        shop = self.shop
        yield Delay(OUTSIDE)
        if shop.outside:
            yield from self._call()
        wanted = self.clock.now
        yield Seize(self.pool)
        got = self.clock.now
        self.counted["acquired"] += 1
        self.counted["waited"] += got - wanted
        yield Delay(self.random.gamma(4.0, shop.hold / 4.0) + shop.items * shop.trip + shop.scan)
        if not shop.outside:
            yield from self._call()
        if shop.lock:
            queued = self.clock.now
            yield Seize(self.row)
            self.counted["lock"] += self.clock.now - queued
            yield Delay(shop.lock)
            yield Release(self.row)
        yield Release(self.pool)
        self.counted["usage"] += 1
        self.counted["held"] += self.clock.now - got

    def _call(self) -> Customer:
        if self.shop.call:
            yield Delay(self.shop.call)
            self.counted["calls"] += 1
            self.counted["called"] += self.shop.call

    def _think(self) -> float:
        return THINK * (0.5 + self.random.random())

    def _users_at(self, at: float) -> int:
        return self.load[min(int(at / self.stage), len(self.load) - 1)]

    def _scrape(self) -> Iterator[tuple[str, float]]:
        pool, seen = '{pool="main"}', self.counted
        yield f"gauge hikaricp_connections_active{pool}", self.pool.busy
        yield f"gauge hikaricp_connections_max{pool}", self.pool.places
        yield f"summary hikaricp_connections_usage_seconds_count{pool}", seen["usage"]
        yield f"summary hikaricp_connections_usage_seconds_sum{pool}", seen["held"]
        yield f"summary hikaricp_connections_acquire_seconds_count{pool}", seen["acquired"]
        yield f"summary hikaricp_connections_acquire_seconds_sum{pool}", seen["waited"]
        if self.shop.threads:
            yield 'gauge tomcat_threads_busy_threads{name="http"}', self.threads.busy
            yield 'gauge tomcat_threads_config_max_threads{name="http"}', self.threads.places
        if self.shop.call:
            yield "summary http_client_requests_seconds_count", seen["calls"]
            yield "summary http_client_requests_seconds_sum", seen["called"]
        if self.shop.lock:
            yield "counter mysql_global_status_innodb_row_lock_time", round(seen["lock"] * 1e3)

    def _exposition(self) -> str:
        lines = []
        for at, values in self.scrapes:
            lines.append(f"# scrape {_at(at)}")
            for name, value in values.items():
                kind, _, series = name.partition(" ")
                family = series.partition("{")[0].removesuffix("_count").removesuffix("_sum")
                lines += [f"# TYPE {family} {kind}", f"{series} {value}"]
        return "\n".join(lines) + "\n"

    def _plan(self) -> dict[str, object]:
        stages = [
            stage
            for rate in self.load
            for stage in ({"duration": "0s", "target": rate},
                          {"duration": f"{self.stage}s", "target": rate})
        ]  # fmt: skip
        executor = {"executor": "ramping-arrival-rate", "exec": "default", "stages": stages,
                    "timeUnit": "1s", "preAllocatedVUs": 500}  # fmt: skip
        nothing = dict.fromkeys(("paused", "vus", "duration", "iterations", "stages"))
        return {**nothing, "scenarios": {"shop": executor}}

    def _digest(self, orders: int) -> str:
        """Server time of the statements: a round trip is spent on the way."""
        head = ("SCHEMA_NAME", "DIGEST", "DIGEST_TEXT", "COUNT_STAR", "SUM_TIMER_WAIT",
                "SUM_LOCK_TIME", "SUM_ROWS_SENT", "SUM_ROWS_EXAMINED",
                "SUM_NO_INDEX_USED")  # fmt: skip
        shop = self.shop
        rows: list[tuple[object, ...]] = [head]
        if shop.scan:
            picoseconds = round(orders * shop.scan * 1e12)
            rows.append((
                "shop",
                "a" * 32,
                SCAN,
                orders,
                picoseconds,
                0,
                orders,
                orders * 200_000,
                orders,
            ))
        if shop.items:
            count = orders * shop.items
            rows.append(("shop", "b" * 32, ITEM, count, round(count * 1e8), 0, 0, 0, 0))
        for place, text in enumerate(("COMMIT", "SET `autocommit` = ?")):
            rows.append(("shop", f"{place}" * 32, text, orders, round(orders * 1e8), 0, 0, 0, 0))
        return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _point(metric: str, at: float, value: float, name: str | None = None) -> dict[str, object]:
    tags = {} if metric == "vus" else {"scenario": "shop"}
    if name is not None:
        tags |= {"name": name, "expected_response": "true", "status": "200"}
    content = {"time": _at(at), "value": value, "tags": tags}
    return {"metric": metric, "type": "Point", "data": content}


def _declaration(name: str, kind: str, contains: str) -> dict[str, object]:
    content = {
        "name": name,
        "type": kind,
        "contains": contains,
        "thresholds": [],
        "submetrics": None,
    }
    return {"type": "Metric", "metric": name, "data": content}
