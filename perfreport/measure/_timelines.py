"""Throughput and latency over time, in equal buckets: overall, per endpoint, per scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._requests import NONE, grouped
from perfreport.model.measurement import Timeline
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.measure._requests import Requests
    from perfreport.model.measurement import Floats, Integers

_QUANTILES = (0.5, 0.95, 0.99)
MOST_BUCKETS = 240
MOST_ENDPOINTS = 30
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


def bucket_seconds(seconds: float) -> float:
    """The shortest round step that cuts `seconds` into at most `MOST_BUCKETS`."""
    for step in _STEPS:
        if seconds / step <= MOST_BUCKETS:
            return float(step)
    return float(_STEPS[-1] * -(-seconds // (_STEPS[-1] * MOST_BUCKETS)))


def timelines_of(requests: Requests, start_ns: int, end_ns: int) -> tuple[Timeline, ...]:
    """Timelines from `start_ns` to `end_ns`; of the endpoints only the busiest have one."""
    if not len(requests):
        return ()
    step = bucket_seconds((end_ns - start_ns) / NS_PER_SECOND)
    step_ns = round(step * NS_PER_SECOND)
    length = int((end_ns - start_ns) // step_ns) + 1
    buckets = np.clip((requests.times_ns - start_ns) // step_ns, 0, length - 1)
    starts = start_ns + step_ns * np.arange(length, dtype=np.int64)
    grid = _Grid(requests, buckets, starts, step)
    everything = np.zeros(len(requests), np.int64)
    scenarios = requests.scenarios.astype(np.int64)
    return (
        *(grid.line(None, None, part) for _, part in grid.parts(everything, 1)),
        *(
            grid.line(None, requests.scenario_names[number], part)
            for number, part in grid.parts(scenarios, len(requests.scenario_names))
        ),
        *(
            grid.line(requests.endpoint_names[number], None, part)
            for number, part in grid.parts(_busiest(requests), len(requests.endpoint_names))
        ),
    )


def _busiest(requests: Requests) -> Integers:
    """The endpoint of every row, -1 for endpoints that are not among the busiest."""
    endpoints = requests.endpoints.astype(np.int64)
    weight = np.bincount(endpoints[endpoints >= 0], minlength=len(requests.endpoint_names))
    kept = np.zeros(len(weight) + 1, np.bool_)
    kept[np.argsort(-weight, kind="stable")[:MOST_ENDPOINTS]] = True
    kept[-1] = False
    return np.where(kept[endpoints], endpoints, NONE)


class _Grid:
    """Requests by line and bucket."""

    def __init__(
        self, requests: Requests, buckets: Integers, starts: Integers, step: float
    ) -> None:
        self._requests = requests
        self._buckets = buckets
        self._starts = starts
        self._step = step

    def parts(self, lines: Integers, count: int) -> Iterator[tuple[int, Floats]]:
        """Per line that has requests: rows of requests, successful, p50, p95, p99 per bucket."""
        length = len(self._starts)
        keys = np.where(lines >= 0, lines * length + self._buckets, NONE)
        groups = grouped(keys)
        table = np.full((len(_QUANTILES) + 2, count * length), np.nan)
        passed = keys[(keys >= 0) & ~self._requests.failed]
        table[0] = 0.0
        table[0, groups.numbers] = groups.counts / self._step
        table[1] = np.bincount(passed, minlength=count * length) / self._step
        if len(groups.numbers):
            for row, probability in enumerate(_QUANTILES, start=2):
                table[row, groups.numbers] = groups.quantiles(self._requests.durations, probability)
        by_line = table.reshape(len(table), count, length)
        for number in range(count):
            if by_line[0, number].any():
                yield number, by_line[:, number]

    def line(self, endpoint: str | None, scenario: str | None, part: Floats) -> Timeline:
        """Name one of the parts."""
        return Timeline(endpoint, scenario, self._step, self._starts, *part)
