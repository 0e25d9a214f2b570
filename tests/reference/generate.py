"""A synthetic data set whose measurements are the figures of a known report.

Nothing here was measured. Three tests of an online shop are written in the formats of the real
tools: k6's NDJSON and `k6 inspect`, scrapes of a Spring Boot application, and the output of
`kafka-consumer-groups`. The figures they must lead to are known beforehand.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

Floats: TypeAlias = NDArray[np.float64]
BEGIN = datetime(2026, 1, 5, 1, 0, 0, tzinfo=UTC)
LABEL = "synthetic"
_PARTS = ("blocked", "connecting", "tls_handshaking", "sending", "receiving")
_METRICS = {
    "http_reqs": ("counter", "default"),
    "http_req_duration": ("trend", "time"),
    "http_req_blocked": ("trend", "time"),
    "http_req_connecting": ("trend", "time"),
    "http_req_tls_handshaking": ("trend", "time"),
    "http_req_sending": ("trend", "time"),
    "http_req_waiting": ("trend", "time"),
    "http_req_receiving": ("trend", "time"),
    "http_req_failed": ("rate", "default"),
    "errorRate": ("rate", "default"),
    "data_sent": ("counter", "data"),
    "data_received": ("counter", "data"),
    "iterations": ("counter", "default"),
    "iteration_duration": ("trend", "time"),
    "vus": ("gauge", "default"),
    "vus_max": ("gauge", "default"),
}


@dataclass(frozen=True)
class Stretch:
    """A stretch of the load with one level: its requests and how they went.

    `successful` requests per second finish well, the share `failed` of all requests does not;
    `quantiles` are the response times in milliseconds at the shares given.
    """

    seconds: int
    begin_vus: int
    end_vus: int
    rate: float
    failed: float
    quantiles: tuple[tuple[float, float], ...]
    endpoint: str = "POST /api/orders"
    end_rate: float | None = None  # the rate changes evenly to this one

    @property
    def requests(self) -> int:
        """All requests of the stretch."""
        end = self.rate if self.end_rate is None else self.end_rate
        return round(self.seconds * (self.rate + end) / 2 / (1 - self.failed))

    def finished(self) -> Floats:
        """When each request ends, in seconds from the begin of the stretch."""
        done = (np.arange(self.requests) + 0.5) / self.requests
        end = self.rate if self.end_rate is None else self.end_rate
        if end == self.rate:
            return done * self.seconds
        places = np.linspace(0, 1, 2001)
        passed = self.rate * places + (end - self.rate) * places**2 / 2
        return np.interp(done, passed / passed[-1], places) * self.seconds


def k6_json(
    target: Path, begin: datetime, stretches: Sequence[Stretch], scenario: str, most_vus: int
) -> None:
    """Write `k6 run --out json` of these stretches, one after the other, and k6's exit code."""
    elapsed, opened = 0, 0
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=1) as stream:
        for name, (kind, contains) in _METRICS.items():
            told = {"name": name, "type": kind, "contains": contains}
            line = {"type": "Metric", "data": {**told, "thresholds": []}, "metric": name}
            stream.write(json.dumps(line, separators=(",", ":")) + "\n")
        for stretch in stretches:
            opened = _points(stream, begin, elapsed, stretch, scenario, most_vus, opened)
            elapsed += stretch.seconds
    (target.parent / "exit_code").write_text("0\n", encoding="utf-8")


def _points(
    stream: TextIO,
    run_begin: datetime,
    elapsed: int,
    stretch: Stretch,
    scenario: str,
    most_vus: int,
    opened: int,
) -> int:
    """Write one stretch; return how many connections are open after it."""
    begin = run_begin + timedelta(seconds=elapsed)
    count = stretch.requests
    shares = np.linspace(0, 1, count)
    known = sorted(stretch.quantiles)
    times = np.interp(shares, [share for share, _ in known], [value for _, value in known])
    order = spread(count)
    failed = np.zeros(count, dtype=bool)
    failed[spread(count)[: round(count * stretch.failed)]] = True
    finished = stretch.finished()
    second = 0
    for place in range(count):
        while second <= finished[place]:
            share = second / stretch.seconds
            vus = round(stretch.begin_vus + share * (stretch.end_vus - stretch.begin_vus))
            at = _instant(begin + timedelta(seconds=second))
            stream.write(_point("vus", at, vus, "{}"))
            stream.write(_point("vus_max", at, most_vus, "{}"))
            second += 1
        at = _instant(begin + timedelta(seconds=float(finished[place])))
        bad = bool(failed[place])
        tags = (
            f'{{"expected_response":"{str(not bad).lower()}","group":"","method":"POST",'
            f'"name":"{stretch.endpoint}","proto":"HTTP/1.1","scenario":"{scenario}",'
            f'"status":"{500 if bad else 201}","url":"{stretch.endpoint}"}}'
        )
        plain = f'{{"group":"","scenario":"{scenario}"}}'
        took = float(times[order[place]])
        # What a virtual user does between two requests, as long as the run has lasted.
        share = float(finished[place]) / stretch.seconds
        vus = stretch.begin_vus + share * (stretch.end_vus - stretch.begin_vus)
        lasted = elapsed + float(finished[place])
        end_rate = stretch.rate if stretch.end_rate is None else stretch.end_rate
        rate = (stretch.rate + share * (end_rate - stretch.rate)) / (1 - stretch.failed)
        iteration = max(took, 1000 * min(vus / rate, lasted))
        opens = int(opened < vus)
        opened += opens
        stream.write(_point("http_reqs", at, 1, tags))
        stream.write(_point("http_req_duration", at, took, tags))
        stream.write(_point("http_req_waiting", at, took, tags))
        for part in _PARTS:
            connects = opens and part in {"blocked", "connecting"}
            stream.write(_point(f"http_req_{part}", at, 0.25 if connects else 0, tags))
        stream.write(_point("http_req_failed", at, int(bad), tags))
        stream.write(_point("errorRate", at, int(bad), plain))
        stream.write(_point("data_sent", at, 100, plain))
        stream.write(_point("data_received", at, 400, plain))
        stream.write(_point("iterations", at, 1, plain))
        stream.write(_point("iteration_duration", at, iteration, plain))
    return opened


def _point(metric: str, at: str, value: float, tags: str) -> str:
    return (
        f'{{"metric":"{metric}","type":"Point","data":{{"time":"{at}","value":{value!r},'
        f'"tags":{tags}}}}}\n'
    )


def spread(count: int) -> NDArray[np.int64]:
    """Return a fixed permutation that spreads neighbours evenly over the whole."""
    golden = np.modf(np.arange(1, count + 1) * 0.6180339887498949)[0]
    return np.argsort(golden, kind="stable")


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def inspected(target: Path, scenario: str, executor: str, **settings: object) -> None:
    """Write `k6 inspect --execution-requirements` of one scenario."""
    told = {"executor": executor, "gracefulStop": "30s", "exec": scenario, **settings}
    unset = dict.fromkeys(("paused", "vus", "duration", "iterations", "stages", "noSetup", "tags"))
    options = {**unset, "scenarios": {scenario: told}, "thresholds": {}, "maxVUs": 100}
    target.write_text(json.dumps(options, indent=2), encoding="utf-8")


def scrapes(
    target: Path,
    begin: datetime,
    seconds: Iterable[int],
    values: Callable[[int], dict[str, float]],
) -> None:
    """Write scrapes of the metrics endpoint, each after a line with its time."""
    pieces = []
    for second in seconds:
        pieces.append(f"# scrape {_instant(begin + timedelta(seconds=second))}")
        for name, value in values(second).items():
            family = name.partition("{")[0]
            kind = "counter" if family.endswith("_total") else "gauge"
            pieces += [f"# HELP {family} {LABEL}", f"# TYPE {family} {kind}", f"{name} {value!r}"]
    target.write_text("\n".join(pieces) + "\n", encoding="utf-8")


def consumer_groups(
    target: Path, begin: datetime, lags: Iterator[tuple[int, Sequence[int]]]
) -> None:
    """Write `kafka-consumer-groups --describe`, once per time given, lag by partition."""
    group, topic = "ecommerce-coupon-consumer-group", "coupon-issue-requests"
    pieces = []
    for second, by_partition in lags:
        pieces.append(f"==== {begin + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}\n")
        pieces.append(
            "GROUP                           TOPIC                 PARTITION  CURRENT-OFFSET  "
            "LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID"
        )
        for partition, lag in enumerate(by_partition):
            done = 1000 + 30 * second
            pieces.append(
                f"{group} {topic} {partition:<10} {done:<15} {done + lag:<15} {lag:<15} "
                f"consumer-{partition + 1} /10.0.0.1 consumer-{partition + 1}"
            )
        pieces.append("")
    target.write_text("\n".join(pieces) + "\n", encoding="utf-8")
