"""Read the observed load out of the sample store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.units import NS_PER_SECOND
from perfreport.phases._observed import ObservedLoad, ObservedScenario

if TYPE_CHECKING:
    from perfreport.model.load import LoadSamples
    from perfreport.model.measurement import Floats, Integers
    from perfreport.store import Samples, SampleStore

FINEST = 0.1  # seconds per step …
MOST_STEPS = 6000  # … and never more steps than this
OUTSIDE = ("::setup", "::teardown")
ACTIVITY = ("iterations", "http_reqs", "data_sent", "checks", "dropped_iterations")


def observe(samples: LoadSamples) -> ObservedLoad:
    """Put iterations, requests and the VU gauge of a run on one grid."""
    store = samples.store
    origin = samples.start_ns
    span = max((samples.end_ns - origin) / NS_PER_SECOND, FINEST)
    step = max(FINEST, span / MOST_STEPS, _resolution(store))
    steps = int(span / step) + 2
    scenarios = _scenarios(store, origin, step, steps)
    requests = _counts(_outside_setup(store, "http_reqs"), origin, step, steps)
    gauge = store.series("vus")
    vus_at, vus = _summed(
        (gauge.times_ns - origin) / NS_PER_SECOND, gauge.values, len(samples.paths)
    )
    allocated = store.samples("vus_max").values
    setup = [
        int(found.times_ns.max())
        for metric in ("http_reqs", "data_sent", "checks")
        if len(found := store.samples(metric, (("group", "::setup"),), globs=False))
    ]
    return ObservedLoad(
        origin_ns=origin,
        step=step,
        scenarios=scenarios,
        requests=requests,
        vus_at=vus_at,
        vus=vus,
        vus_max=float(allocated.max()) if len(allocated) else None,
        setup_end=(max(setup) - origin) / NS_PER_SECOND if setup else None,
        first=min((part.first for part in scenarios), default=0.0),
        last=max((part.last for part in scenarios), default=span),
        ticking_until=float(vus_at[-1]) if len(vus_at) else 0.0,
    )


def _resolution(store: SampleStore) -> float:
    """Seconds between the times a file can tell apart: 1 for a CSV in unix seconds."""
    times = store.samples("iterations").times_ns
    return 1.0 if len(times) and not bool((times % NS_PER_SECOND).any()) else 0.0


def _outside_setup(store: SampleStore, metric: str) -> Samples:
    found = store.samples(metric)
    codes, labels = store.codes("group")
    hidden = [number for number, label in enumerate(labels) if label in OUTSIDE]
    return found.where(~np.isin(codes[found.tagsets], hidden)) if len(found) else found


def _scenarios(
    store: SampleStore, origin: int, step: float, steps: int
) -> tuple[ObservedScenario, ...]:
    codes, labels = store.codes("scenario")
    activity = {metric: _outside_setup(store, metric) for metric in ACTIVITY}
    durations = store.samples("iteration_duration")
    began = durations.times_ns - np.rint(durations.values * NS_PER_SECOND).astype(np.int64)
    begun_by = codes[durations.tagsets]
    if not len(durations):
        ended = activity["iterations"]
        began, begun_by = ended.times_ns, codes[ended.tagsets]
    dropped = store.samples("dropped_iterations")
    used = {int(code) for found in activity.values() for code in np.unique(codes[found.tagsets])}
    scenarios = []
    for code in sorted(used | {int(code) for code in np.unique(begun_by)}):
        mine = {
            metric: found.where(codes[found.tagsets] == code) for metric, found in activity.items()
        }
        times = [found.times_ns for found in mine.values() if len(found)]
        starts = began[begun_by == code]
        if code < 0 and not len(starts) and len(used) > 1:
            continue  # untagged samples of setup() where the group tag is switched off
        drops = dropped.where(codes[dropped.tagsets] == code)
        first = min([int(starts.min())] if len(starts) else [int(time.min()) for time in times])
        last = max([int(time.max()) for time in times] or [int(starts.max())])
        scenarios.append(
            ObservedScenario(
                labels[code] if code >= 0 else None,
                _bins(starts, None, origin, step, steps),
                _bins(drops.times_ns, drops.values, origin, step, steps),
                (first - origin) / NS_PER_SECOND,
                (last - origin) / NS_PER_SECOND,
            )
        )
    return tuple(scenarios)


def _counts(found: Samples, origin: int, step: float, steps: int) -> Floats:
    return _bins(found.times_ns, found.values, origin, step, steps)


def _bins(times: Integers, weights: Floats | None, origin: int, step: float, steps: int) -> Floats:
    places = np.clip(((times - origin) / NS_PER_SECOND / step).astype(np.int64), 0, steps - 1)
    return np.bincount(places, weights, steps).astype(np.float64)


def _summed(at: Floats, values: Floats, instances: int) -> tuple[Floats, Floats]:
    """VUs of a distributed run are the sum of what every instance reports each second."""
    if instances <= 1 or len(at) == 0:
        return at, values
    seconds = np.floor(at).astype(np.int64)
    place = np.unique(seconds, return_inverse=True)[1]
    total = np.bincount(place, values)
    count = np.bincount(place)
    middle = np.bincount(place, at) / count
    return middle, np.asarray(total * np.maximum(instances / count, 1.0))
