"""Requests that ended together just past a round time: the mark a time limit leaves.

Response times spread; what a timer cuts off does not. Such requests pile up right behind a round
value, with few on either side. Which timer it was stands in no response time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure import _endpoints
from perfreport.measure._requests import failed_rows, outside_load
from perfreport.model.load import LoadSamples
from perfreport.model.measurement import TimeLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from perfreport.model.measurement import Floats
    from perfreport.model.run import TestRun
    from perfreport.store import Samples, SampleStore

# Values people set time limits to, in seconds.
ROUND = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 45.0)
_EARLY = 0.005  # clocks of two hosts differ that much
_BAND = 0.05  # of the value, for what comes before and after the wait
_NARROWEST = 0.05
_ABOVE_NEIGHBOURS = 3.0
_FEWEST = 10
_GIVEN_UP_BY_K6 = "1050"


def round_limit(duration: float) -> float | None:
    """The round value that a duration lies just past; None if it lies past none."""
    return next((one for one in ROUND if _low(one) <= duration < one + _width(one)), None)


def time_limits(run: TestRun) -> tuple[TimeLimit, ...]:
    """Round values that requests of the load pile up behind, the most requests first."""
    loaded = run.one(LoadSamples)
    if loaded is None or not loaded.store.count("http_req_duration"):
        return ()
    samples = loaded.store.samples("http_req_duration")
    long = samples.where(samples.values >= _low(ROUND[0]) - _width(ROUND[0]))
    if not len(long):
        return ()
    own = ~(outside_load(loaded.store) | _cut_by_k6(loaded.store))[long.tagsets]
    found = _limits(loaded.store, long.where(own), len(samples))
    return tuple(sorted(found, key=lambda one: (-one.requests, one.seconds)))


def _limits(store: SampleStore, samples: Samples, requests: int) -> Iterator[TimeLimit]:
    ordered = np.sort(samples.values)
    for value in ROUND:
        low, width = _low(value), _width(value)
        inside = _between(ordered, low, value + width)
        beside = _between(ordered, low - width, low)
        beside += _between(ordered, value + width, value + 2 * width)
        if inside < _FEWEST or inside < _ABOVE_NEIGHBOURS * beside:
            continue
        piled = samples.where((samples.values >= low) & (samples.values < value + width))
        failed, _ = failed_rows(store, piled)
        yield TimeLimit(
            seconds=value,
            requests=inside,
            failed=int(np.count_nonzero(failed)),
            share=inside / requests,
            endpoint=_endpoint(store, piled),
            first_ns=int(piled.times_ns.min()) - round(value * 1e9),
            last_ns=int(piled.times_ns.max()),
        )


def _between(ordered: Floats, low: float, high: float) -> int:
    first, last = np.searchsorted(ordered, (low, high))
    return int(last - first)


def _low(value: float) -> float:
    return value * (1 - _EARLY)


def _width(value: float) -> float:
    return max(_NARROWEST, _BAND * value)


def _cut_by_k6(store: SampleStore) -> NDArray[np.bool_]:
    """Tag sets of requests that k6's own time limit ended: they tell of the script only."""
    codes, labels = store.codes("error_code")
    return np.array([label == _GIVEN_UP_BY_K6 for label in labels] + [False], np.bool_)[codes]


def _endpoint(store: SampleStore, piled: Samples) -> str | None:
    per_tagset = np.bincount(piled.tagsets, minlength=len(store.codes("error_code")[0]))
    numbers, names = _endpoints.of_tagsets(store, per_tagset)
    counts: dict[int, int] = {}
    for tagset in np.flatnonzero(per_tagset).tolist():
        number = int(numbers[tagset])
        counts[number] = counts.get(number, 0) + int(per_tagset[tagset])
    most = max(counts, key=lambda number: (counts[number], -number))
    return None if most < 0 else names[most]
