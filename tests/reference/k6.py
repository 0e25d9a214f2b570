"""k6's NDJSON and its plan, for loads of which only the outcome is known.

Virtual users take up the iterations in turn and think before their requests, so that as many of
them are active as there are iterations in flight, as with k6 itself.
"""

from __future__ import annotations

import io
import json
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import zstandard
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

Floats: TypeAlias = NDArray[np.float64]
_LATE = 0.001  # seconds that k6 takes to start an iteration
_TREND = {"type": "trend", "contains": "time"}
_METRICS = {
    "http_reqs": {"type": "counter", "contains": "default"},
    **{
        f"http_req_{part}": _TREND
        for part in (
            "duration", "blocked", "connecting", "tls_handshaking", "sending", "waiting",
            "receiving",
        )
    },
    "http_req_failed": {"type": "rate", "contains": "default"},
    "errorRate": {"type": "rate", "contains": "default"},
    "notFoundSkipped": {"type": "counter", "contains": "default"},
    "data_sent": {"type": "counter", "contains": "data"},
    "data_received": {"type": "counter", "contains": "data"},
    "iterations": {"type": "counter", "contains": "default"},
    "iteration_duration": _TREND,
    "vus": {"type": "gauge", "contains": "default"},
    "vus_max": {"type": "gauge", "contains": "default"},
}  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """A stretch of a load: iterations per second, evenly changing to `end_rate`.

    The share `failed` of the requests fails, `skipped` of them find no product; `quantiles` are
    response times in milliseconds at the shares given.
    """

    seconds: float
    rate: float
    quantiles: tuple[tuple[float, float], ...]
    failed: float = 0.0
    end_rate: float | None = None
    skipped: int = 0

    @property
    def last_rate(self) -> float:
        """Iterations per second at its end."""
        return self.rate if self.end_rate is None else self.end_rate

    @property
    def iterations(self) -> int:
        """How many iterations it has."""
        return round(self.seconds * (self.rate + self.last_rate) / 2)

    def times(self) -> Floats:
        """When each iteration arrives or ends, in seconds from the begin of the stretch."""
        places = np.linspace(0, 1, 2001)
        passed = self.rate * places + (self.last_rate - self.rate) * places**2 / 2
        done = (np.arange(self.iterations) + 1.0) / self.iterations
        return np.interp(done, passed / passed[-1], places) * self.seconds


@dataclass(frozen=True)
class Scenario:
    """A scenario: the endpoints one iteration asks in turn, and its stretches.

    `users` are (second, VUs), joined by straight lines; without any, iterations arrive at the
    rate of their stretch and last `lasts` seconds. `counts`: whether the script's own error rate
    is fed.
    """

    name: str
    endpoints: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    users: tuple[tuple[float, float], ...] = ()
    lasts: float = 0.0
    counts: bool = True


def spread(count: int) -> NDArray[np.int64]:
    """Return a fixed permutation that spreads neighbours evenly over the whole."""
    golden = np.modf(np.arange(1, count + 1) * 0.6180339887498949)[0]
    return np.argsort(golden, kind="stable")


def results(target: Path, begin: datetime, scenarios: Sequence[Scenario], most: int) -> None:
    """Write `k6 run --out json` of these scenarios, run side by side, and k6's exit code."""
    chunks: list[tuple[float, str]] = []
    starts, ends = [], []
    for scenario in scenarios:
        made = _Iterations.of(scenario)
        chunks += made.lines(begin)
        starts.append(made.starts)
        ends.append(made.ends)
    began, ended = np.sort(np.concatenate(starts)), np.sort(np.concatenate(ends))
    ticks = np.arange(1, int(ended[-1]) + 1, dtype=np.float64)
    active = np.searchsorted(began, ticks, "right") - np.searchsorted(ended, ticks, "right")
    for at, said, vus in zip(ticks, _instants(begin, ticks), active, strict=True):
        chunks.append((at, _point("vus", said, vus, "{}") + _point("vus_max", said, most, "{}")))
    chunks.sort(key=lambda chunk: chunk[0])
    skipping = any(part.skipped for scenario in scenarios for part in scenario.stretches)
    with target.open("wb") as raw, zstandard.ZstdCompressor(1).stream_writer(raw) as packed:
        stream = io.TextIOWrapper(packed, encoding="utf-8", write_through=True)
        for name, told in _METRICS.items():
            if name == "notFoundSkipped" and not skipping:
                continue  # k6 declares a metric with its first sample
            declared = {"type": "Metric", "data": {"name": name, **told, "thresholds": []}}
            stream.write(json.dumps({**declared, "metric": name}, separators=(",", ":")) + "\n")
        for place in range(0, len(chunks), 4096):
            stream.write("".join(text for _, text in chunks[place : place + 4096]))
    (target.parent / "exit_code").write_text("0\n", encoding="utf-8")


@dataclass(frozen=True)
class _Iterations:
    """Iterations of a scenario: when each begins and ends, and its requests in order."""

    scenario: Scenario
    starts: Floats
    ends: Floats
    fresh: NDArray[np.bool_]  # the first one of its VU, which opens a connection
    took: Floats  # of each request, milliseconds; a row per iteration
    failed: NDArray[np.bool_]
    skipped: NDArray[np.bool_]

    @classmethod
    def of(cls, scenario: Scenario) -> _Iterations:
        width = len(scenario.endpoints)
        ends, took, failed, skipped = [], [], [], []
        elapsed = 0.0
        for stretch in scenario.stretches:
            count = stretch.iterations * width
            known = sorted(stretch.quantiles)
            shares = np.linspace(0, 1, count)
            times = np.interp(shares, [each[0] for each in known], [each[1] for each in known])
            order = spread(count)
            took.append(times[order].reshape(-1, width))
            failed.append(_marked(order, round(count * stretch.failed)).reshape(-1, width))
            missing = np.zeros((stretch.iterations, width), dtype=bool)
            missing[:, -1] = _marked(spread(stretch.iterations), stretch.skipped)
            skipped.append(missing)
            ends.append(elapsed + stretch.times())
            elapsed += stretch.seconds
        whole = np.concatenate(took)
        done = np.concatenate(ends)
        if scenario.users:  # nothing was asked before the run began
            whole *= np.minimum(1.0, 1000 * (done - 2 * _LATE) / whole.sum(axis=1))[:, None]
            starts, fresh = _taken_up(done - whole.sum(axis=1) / 1000, done, scenario.users)
        else:
            starts, done = done + _LATE, done + _LATE + scenario.lasts
            users = scenario.lasts * max(part.rate for part in scenario.stretches)
            fresh = np.arange(len(starts)) <= users
        refused = np.concatenate(failed) & ~np.concatenate(skipped)
        return cls(scenario, starts, done, fresh, whole, refused, np.concatenate(skipped))

    def lines(self, begin: datetime) -> Iterator[tuple[float, str]]:
        """Yield every iteration's lines with the second at which it ended."""
        after = np.cumsum(self.took[:, ::-1], axis=1)[:, ::-1] - self.took
        instants = _instants(begin, (self.ends[:, None] - after / 1000).ravel())
        said = np.array(instants).reshape(self.took.shape)
        length = (self.ends - self.starts) * 1000
        plain = f'{{"group":"","scenario":"{self.scenario.name}"}}'
        for place, end in enumerate(self.ends):
            text = [
                self._request(place, step, said[place, step], plain)
                for step in range(len(self.scenario.endpoints))
            ]
            at = said[place, -1]
            text += [
                _point("data_sent", at, 100, plain),
                _point("data_received", at, 400, plain),
                _point("iteration_duration", at, length[place], plain),
                _point("iterations", at, 1, plain),
            ]
            yield float(end), "".join(text)

    def _request(self, place: int, step: int, at: str, plain: str) -> str:
        endpoint = self.scenario.endpoints[step]
        method, _, path = endpoint.partition(" ")
        failed, missing = bool(self.failed[place, step]), bool(self.skipped[place, step])
        status = 500 if failed else 404 if missing else 200 if method == "GET" else 201
        tags = (
            f'{{"expected_response":"{str(not failed).lower()}","group":"","method":"{method}",'
            f'"name":"{endpoint}","proto":"HTTP/1.1","scenario":"{self.scenario.name}",'
            f'"status":"{status}","url":"http://shop{path}"}}'
        )
        tail = f',"tags":{tags}}}}}\n'
        head = f'","type":"Point","data":{{"time":"{at}","value":'
        took = float(self.took[place, step])
        opened = 0.25 if step == 0 and self.fresh[place] else 0
        text = (
            f'{{"metric":"http_reqs{head}1{tail}'
            f'{{"metric":"http_req_duration{head}{took!r}{tail}'
            f'{{"metric":"http_req_blocked{head}{opened}{tail}'
            f'{{"metric":"http_req_connecting{head}{opened}{tail}'
            f'{{"metric":"http_req_tls_handshaking{head}0{tail}'
            f'{{"metric":"http_req_sending{head}0{tail}'
            f'{{"metric":"http_req_waiting{head}{took!r}{tail}'
            f'{{"metric":"http_req_receiving{head}0{tail}'
            f'{{"metric":"http_req_failed{head}{int(failed)}{tail}'
        )
        if missing:
            resource = plain.replace("}", ',"resource":"product"}')
            return text + _point("notFoundSkipped", at, 1, resource)
        return text + _point("errorRate", at, int(failed), plain) if self.scenario.counts else text


def _marked(order: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    marked = np.zeros(len(order), dtype=bool)
    marked[order[:count]] = True
    return marked


def _taken_up(
    asks: Floats, ends: Floats, users: Sequence[tuple[float, float]]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Give each iteration to the VU that waits longest; return their starts and who was new.

    An iteration starts when its VU has ended the one before and thinks until it asks. VUs come
    and go as planned, and go only at the end of an iteration.
    """
    seconds, levels = zip(*users, strict=True)
    wanted = np.interp(ends, seconds, levels)
    coming = deque(_coming(users))
    starts, fresh = np.empty(len(ends)), np.zeros(len(ends), dtype=bool)
    idle: deque[tuple[float, bool]] = deque()
    gone: list[float] = []  # as planned; called back where work is left
    active = done = 0
    for place in np.argsort(asks, kind="stable"):
        now = asks[place]
        while ends[done] <= now:
            if active > round(wanted[done]):
                active -= 1
                gone.append(ends[done])
            else:
                idle.append((ends[done], False))
            done += 1
        while coming and coming[0] <= now:
            idle.append((coming.popleft(), True))
            active += 1
        if not idle:
            idle.append((gone.pop(), False))
            active += 1
        starts[place], fresh[place] = idle.popleft()
    return starts, fresh


def _coming(users: Sequence[tuple[float, float]]) -> Iterator[float]:
    """Yield when each VU starts, a little after its time has come."""
    yield from [_LATE] * round(users[0][1])
    for (since, before), (until, after) in pairwise(users):
        more = round(after - before)
        for place in range(more):
            yield since + (until - since) * place / more + _LATE


def _instants(begin: datetime, seconds: Floats) -> list[str]:
    first = np.datetime64(begin.replace(tzinfo=None), "us")
    times = first + np.round(seconds * 1e6).astype("timedelta64[us]")
    return [f"{at}Z" for at in np.datetime_as_string(times, unit="us")]


def _point(metric: str, at: str, value: float, tags: str) -> str:
    return (
        f'{{"metric":"{metric}","type":"Point","data":{{"time":"{at}","value":{float(value)!r},'
        f'"tags":{tags}}}}}\n'
    )


def inspected(target: Path, scenarios: dict[str, dict[str, object]], most: int) -> None:
    """Write `k6 inspect --execution-requirements`."""
    plain = {"startTime": None, "gracefulStop": None, "env": None, "exec": None, "tags": None}
    options = {
        **dict.fromkeys(("paused", "vus", "duration", "iterations", "stages", "noSetup", "tags")),
        "scenarios": {name: {**plain, **settings} for name, settings in scenarios.items()},
        "thresholds": {},
        "maxVUs": most,
    }
    target.write_text(json.dumps(options, indent=2), encoding="utf-8")


def stages(points: Sequence[tuple[float, float]]) -> list[dict[str, object]]:
    """Return k6's stages of levels over time."""
    return [
        {"duration": f"{until - since:g}s", "target": round(level)}
        for (since, _), (until, level) in pairwise(points)
    ]
