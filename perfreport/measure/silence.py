"""Stretches in which a recording says nothing, measured by its own rhythm.

The rhythm is the interval in which the earliest quarter of the time lies when intervals are put in
order of length: extra samples in a burst don't shorten it, a hole of up to three quarters of the
time doesn't stretch it. A stretch is silent when it is several times as long as that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Integers

Spans: TypeAlias = "tuple[tuple[int, int], ...]"

_FEWEST = 8  # samples that a rhythm can be told from
_QUARTER = 0.25
_TIMES = 5.0
_HOLLOW = 0.5


def rhythm(times_ns: Integers) -> float | None:
    """Usual interval between samples, in ns; None where there are too few."""
    if len(times_ns) < _FEWEST:
        return None
    gaps = np.sort(np.diff(times_ns).astype(np.float64))
    covered = np.cumsum(gaps)
    return float(gaps[np.searchsorted(covered, _QUARTER * covered[-1])])


def silences(times_ns: Integers) -> Spans:
    """Silent stretches between the first and the last sample; times ascending."""
    usual = rhythm(times_ns)
    if not usual:
        return ()
    (at,) = np.nonzero(np.diff(times_ns) > _TIMES * usual)
    return tuple((int(times_ns[place]), int(times_ns[place + 1])) for place in at)


def unheard(times_ns: Integers, start_ns: int, end_ns: int) -> Spans:
    """Silent stretches of [start, end), a late beginning and an early end included."""
    usual = rhythm(times_ns)
    if not usual:
        return ()
    within = times_ns[(times_ns > start_ns) & (times_ns < end_ns)]
    edges = np.concatenate([[start_ns], within, [end_ns]])
    (at,) = np.nonzero(np.diff(edges) > _TIMES * usual)
    return tuple((int(edges[place]), int(edges[place + 1])) for place in at)


def is_hollow(spans: Spans, start_ns: int, end_ns: int) -> bool:
    """Whether more than half of a window lies in silent stretches."""
    silent = sum(max(0, min(end_ns, end) - max(start_ns, start)) for start, end in spans)
    return silent > _HOLLOW * (end_ns - start_ns)


def heard(spans: Spans, windows: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Keep the windows that are not hollow."""
    return tuple(one for one in windows if not is_hollow(spans, *one))
