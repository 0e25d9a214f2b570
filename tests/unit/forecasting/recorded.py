"""A test recorded from a simulated system whose demands are known.

Virtual users ask for orders and for pages; an order holds a connection, a page does not. What k6
and a scraped actuator would have written goes into files, one stage of load after the other.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from perfreport.forecasting.network import Clock, Delay, Release, Seize, Station

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.forecasting.network import Customer

START = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
STAGE = 12.0
THINK, HOLD, OUTSIDE, PAGE = 0.4, 0.04, 0.02, 0.004


class Recording:
    """Plays stages of virtual users against a pool and keeps what an observer sees."""

    def __init__(self, users: tuple[int, ...], pool: int, seed: int = 5) -> None:
        self.users, self.pool = users, pool
        self.random = np.random.default_rng(seed)
        self.clock, self.station = Clock(), Station("pool", pool)
        self.requests: list[tuple[float, str, float]] = []
        self.iterations: list[tuple[float, float]] = []
        self.scrapes: list[tuple[float, int, float, float]] = []
        self.usage = [0, 0.0]
        self.acquire = [0, 0.0]

    def play(self) -> Recording:
        """Let all stages pass."""
        self.seconds = STAGE * len(self.users)
        self.clock.enter(
            self._user(STAGE * stage)
            for stage, (before, now) in enumerate(zip((0, *self.users), self.users, strict=False))
            for _ in range(now - before)
        )
        for second in range(int(self.seconds) + 1):
            self.clock.run(float(second))
            self.scrapes.append((float(second), self.station.busy, *self.usage, *self.acquire))
        return self

    def rate(self, stage: int, endpoint: str) -> float:
        """Requests per second of a stage."""
        low, high = STAGE * stage, STAGE * (stage + 1)
        return sum(low <= at < high for at, name, _ in self.requests if name == endpoint) / STAGE

    def p95(self, endpoint: str | None = None) -> float:
        """95th percentile over the whole test."""
        return float(np.quantile([d for _, n, d in self.requests if endpoint in {None, n}], 0.95))

    def write(self, folder: Path) -> Path:
        """Write results.json and metrics.prom."""
        folder.mkdir(parents=True, exist_ok=True)
        points = [_point("http_req_duration", at, d * 1e3, name) for at, name, d in self.requests]
        points += [_point("iteration_duration", at, d * 1e3) for at, d in self.iterations]
        points += [_point("vus", at, self._users_at(at)) for at, *_ in self.scrapes]
        points.sort(key=lambda point: str(point["data"]))  # begins with the time
        declared = [
            _declaration("http_req_duration", "trend", "time"),
            _declaration("iteration_duration", "trend", "time"),
            _declaration("vus", "gauge", "default"),
        ]
        lines = [json.dumps(entry) for entry in (*declared, *points)]
        (folder / "results.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "metrics.prom").write_text(self._exposition(), encoding="utf-8")
        return folder

    def _user(self, begin: float) -> Customer:
        yield Delay(begin)
        while self.clock.now < self.seconds:
            began = self.clock.now
            yield Delay(PAGE)
            self.requests.append((self.clock.now, "GET /page", PAGE))
            yield Delay(self._think())
            asked = self.clock.now
            yield Delay(OUTSIDE)
            wanted = self.clock.now
            yield Seize(self.station)
            self.acquire[0] += 1
            self.acquire[1] += self.clock.now - wanted
            hold = self.random.gamma(4.0, HOLD / 4.0)
            yield Delay(hold)
            yield Release(self.station)
            self.usage[0] += 1
            self.usage[1] += hold
            self.requests.append((self.clock.now, "POST /order", self.clock.now - asked))
            yield Delay(self._think())
            self.iterations.append((self.clock.now, self.clock.now - began))

    def _think(self) -> float:
        return THINK * (0.5 + self.random.random())

    def _users_at(self, at: float) -> int:
        return self.users[min(int(at / STAGE), len(self.users) - 1)]

    def _exposition(self) -> str:
        blocks = []
        for at, busy, returned, held, got, waited in self.scrapes:
            label = 'pool="main"'
            blocks.append(
                f"# scrape {_at(at)}\n"
                "# TYPE hikaricp_connections_active gauge\n"
                f"hikaricp_connections_active{{{label}}} {busy}\n"
                "# TYPE hikaricp_connections_max gauge\n"
                f"hikaricp_connections_max{{{label}}} {self.pool}\n"
                "# TYPE hikaricp_connections_usage_seconds summary\n"
                f"hikaricp_connections_usage_seconds_count{{{label}}} {returned}\n"
                f"hikaricp_connections_usage_seconds_sum{{{label}}} {held}\n"
                "# TYPE hikaricp_connections_acquire_seconds summary\n"
                f"hikaricp_connections_acquire_seconds_count{{{label}}} {got}\n"
                f"hikaricp_connections_acquire_seconds_sum{{{label}}} {waited}\n"
            )
        return "".join(blocks)


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
