"""Whether two result files hold the same samples, samples of one run, or of different runs."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.model.load import LoadSamples
    from perfreport.store import SampleStore

_SKETCH = 4096
_SLACK_NS = 2 * NS_PER_SECOND
_TELLING = 0.2  # share of distinct values below which values tell nothing
_SAME = 0.5
_APART = 0.05
# k6 measures in nanoseconds: two runs hardly ever share one of these values in the same second.
_MEASURED = ("http_req_duration", "iteration_duration", "http_req_waiting", "ws_session_duration")
_RUN_TAGS = ("testid", "test_id", "run_id", "testrun")


class Kinship(Enum):
    """How two result files are related."""

    SAME = "same"  # the same samples, one of the files perhaps cut short
    SHARE = "share"  # other samples of the same distributed run
    STRANGERS = "strangers"


def kinship(one: LoadSamples, other: LoadSamples) -> Kinship:
    """Compare two result files by their windows, scenarios and measured values."""
    if not one.store.metrics or not other.store.metrics:
        return Kinship.STRANGERS
    start, end = max(one.start_ns, other.start_ns), min(one.end_ns, other.end_ns)
    if end + _SLACK_NS < start:
        return Kinship.STRANGERS
    shared = _shared_values(one.store, other.store)
    if shared is None:
        shared = 1.0 if _counts(one.store) == _counts(other.store) else 0.0
    if shared >= _SAME:
        return Kinship.SAME
    if shared > _APART or not _same_script(one, other):
        return Kinship.STRANGERS
    if _is_tail(one) or _is_tail(other):
        return Kinship.SHARE
    shorter = min(one.end_ns - one.start_ns, other.end_ns - other.start_ns)
    return Kinship.SHARE if end - start >= shorter / 2 else Kinship.STRANGERS


def _is_tail(samples: LoadSamples) -> bool:
    """Whether a file can only be a later piece of another: k6 declares its metrics first."""
    known = (entry.declared for entry in samples.declarations)
    return samples.source.kind == "k6-json" and not any(known)


def _shared_values(one: SampleStore, other: SampleStore) -> float | None:
    """Share of the smaller file's measured values that the other has too; None: can't tell."""
    both = [name for name in one.metrics if other.count(name)]
    names = [name for name in _MEASURED if name in both] or [
        name for name in both if name not in {"vus", "vus_max"}
    ]
    for name in sorted(names, key=lambda name: -min(one.count(name), other.count(name))):
        a, b = _sketch(one, name), _sketch(other, name)
        if a is None or b is None:
            continue
        # a full sketch knows nothing beyond its last hash
        limit = min([part[-1] for part in (a, b) if len(part) == _SKETCH] or [max(a[-1], b[-1])])
        a, b = a[a <= limit], b[b <= limit]
        if len(a) and len(b):
            return len(np.intersect1d(a, b, assume_unique=True)) / min(len(a), len(b))
    return None


_sketches: WeakKeyDictionary[SampleStore, dict[str, NDArray[np.uint64] | None]]
_sketches = WeakKeyDictionary()


def _sketch(store: SampleStore, metric: str) -> NDArray[np.uint64] | None:
    known = _sketches.setdefault(store, {})
    if metric not in known:
        known[metric] = _fresh_sketch(store, metric)
    return known[metric]


def _fresh_sketch(store: SampleStore, metric: str) -> NDArray[np.uint64] | None:
    """Return the smallest hashes of (second, value), which samples both files alike."""
    found = store.samples(metric)
    values = np.nan_to_num(found.values, nan=0.0, posinf=0.0, neginf=0.0)
    whole = np.rint(np.clip(values * NS_PER_SECOND, -9e18, 9e18)).astype(np.int64)
    if len(np.unique(whole)) < _TELLING * len(whole):
        return None
    seconds = (found.times_ns // NS_PER_SECOND).astype(np.uint64)
    mixed = seconds * np.uint64(0x9E3779B97F4A7C15) ^ whole.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique(mixed)[:_SKETCH]


def _counts(store: SampleStore) -> dict[str, int]:
    return {name: store.count(name) for name in sorted(store.metrics)}


def _same_script(one: LoadSamples, other: LoadSamples) -> bool:
    """Whether scenarios, run tags and metric types agree as those of one script do."""
    scenarios = set(one.store.tag_values("scenario")), set(other.store.tag_values("scenario"))
    if _is_tail(one) or _is_tail(other):  # a piece need not hold all of them
        if not (scenarios[0] <= scenarios[1] or scenarios[1] <= scenarios[0]):
            return False
    elif scenarios[0] != scenarios[1]:
        return False
    for tag in _RUN_TAGS:
        mine, theirs = one.store.tag_values(tag), other.store.tag_values(tag)
        if mine != theirs:
            return False
    types = {entry.name: entry.type for entry in one.declarations if entry.declared}
    return all(
        types.get(entry.name, entry.type) == entry.type
        for entry in other.declarations
        if entry.declared
    )
