"""What another heap size does to the pauses of the collector, and to requests that meet them.

A collection runs when the room above what survives is used up: with an allocation rate a, a live
set l and a heap h there are a / (h - l) collections per second (Jones, Hosking and Moss, "The
Garbage Collection Handbook", 2012: the cost of tracing grows as l / (h - l)). How long a pause
takes follows what survives, not the heap. So the share of time spent in pauses changes by
(h - l) / (h' - l). A request that met a pause is relieved of the part of it that goes away; what
waits behind a pause beyond its end is not, so response times may turn out better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.today import setting_today
from perfreport.forecasting import changes as names
from perfreport.measure._requests import requests_of
from perfreport.model.forecast import Bound, Forecast, ForecastQuantity, Refusal
from perfreport.model.jvm import Collector, GaugeSeries, GcLog
from perfreport.model.load import LoadPlan, LoadSamples
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit, seconds, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.diagnosis.scene import Scene
    from perfreport.model.configuration import SettingValue
    from perfreport.model.measurement import Floats, Integers

_CONCURRENT = frozenset({
    Collector.ZGC,
    Collector.GENERATIONAL_ZGC,
    Collector.SHENANDOAH,
    Collector.GENERATIONAL_SHENANDOAH,
})
_LEAST_SHARE = 0.02
_FEWEST_PAUSES = 5
_SURVIVES = 10  # the percentile of the heap after collections that is taken for the live set
_GROWS = 1.3
_WIDTH = (0.4, 2.0)  # of the share of pauses: eden sizes itself, and survivors grow with it
_P95_ERROR = 0.22
_RATE_ERROR = 0.08


@dataclass(frozen=True, slots=True)
class HeapOutlook:
    """Forecasts for another heap, or why there are none."""

    forecasts: tuple[Forecast, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, eq=False)
class _Pauses:
    """The pauses inside the load; `live` and `heap` are bytes, `stopped` a share of time."""

    starts_ns: Integers
    seconds: Floats
    live: float
    heap: float
    stopped: float

    def before(self, times_ns: Integers) -> Floats:
        """Seconds of pauses from the start until each time."""
        ends = self.starts_ns + (self.seconds * 1e9).astype(np.int64)
        places = np.empty(2 * len(ends), dtype=np.int64)
        places[0::2], places[1::2] = self.starts_ns, np.maximum(ends, self.starts_ns + 1)
        sums = np.repeat(np.concatenate([[0.0], np.cumsum(self.seconds)]), 2)[1:-1]
        found: Floats = np.interp(times_ns, places, sums)
        return found


def heap_outlook(scene: Scene, wanted: Mapping[str, SettingValue]) -> HeapOutlook:
    """Predict pauses, response time and throughput with another heap, nothing else changed."""
    heap = wanted.get(names.HEAP)
    if not isinstance(heap, float):
        return HeapOutlook()
    seen = _observed(scene)
    if isinstance(seen, Refusal):
        return HeapOutlook(refusals=(seen,))
    if heap <= seen.live:
        live = Quantity(seen.live, Unit.BYTES)
        return HeapOutlook(refusals=(Refusal(message("forecast.refusal.heap-full", live=live)),))
    factor = (seen.heap - seen.live) / (heap - seen.live)
    formula = message(
        "forecast.formula.heap",
        stopped=share(seen.stopped),
        heap=Quantity(seen.heap, Unit.BYTES),
        after=Quantity(heap, Unit.BYTES),
        live=Quantity(seen.live, Unit.BYTES),
    )
    around = tuple(min(1.0, seen.stopped * factor * width) for width in _WIDTH)
    found = [
        Forecast(
            ForecastQuantity.GC_SHARE, (), seen.stopped, min(1.0, seen.stopped * factor),
            (around[0], around[1]), Unit.RATIO, formula, _assumed(),
        )
    ]  # fmt: skip
    if not wanted.keys() & names.OF_REQUESTS:
        found += _requests(scene, seen, factor)
    return HeapOutlook(tuple(found))


def _assumed() -> tuple[Message, ...]:
    return (message("forecast.assumption.same-load"), message("forecast.assumption.same-live-set"))


def _observed(scene: Scene) -> _Pauses | Refusal:
    whole = scene.whole
    for log in scene.case.run.of(GcLog):
        heap = log.vm.heap_max or setting_today(scene, names.HEAP)
        if not log.source.clock.correlated or not isinstance(heap, float):
            continue
        inside = (log.pauses.start_ns >= whole.start_ns) & (log.pauses.start_ns < whole.end_ns)
        after = log.heap_after()
        levels = after.values[(after.times_ns >= whole.start_ns) & (after.times_ns < whole.end_ns)]
        stopped = log.share(whole.start_ns, whole.end_ns)
        if inside.sum() < _FEWEST_PAUSES or not len(levels) or stopped is None:
            continue
        if log.vm.collector in _CONCURRENT:
            return Refusal(message("forecast.refusal.concurrent-collector"))
        if stopped < _LEAST_SHARE:
            return Refusal(message("forecast.refusal.gc-idle", stopped=share(stopped)))
        first, last = (_least(after, *ends) for ends in _thirds(whole.start_ns, whole.end_ns))
        if first is not None and last is not None and last > max(_GROWS * first, heap / 2):
            return Refusal(message("forecast.refusal.live-set-grows"))
        order = np.argsort(log.pauses.start_ns[inside], kind="stable")
        return _Pauses(
            log.pauses.start_ns[inside][order],
            log.pauses.seconds[inside][order],
            live=float(np.percentile(levels, _SURVIVES)),
            heap=heap,
            stopped=stopped,
        )
    return Refusal(message("forecast.refusal.no-gc-log"))


def _thirds(start_ns: int, end_ns: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last third of a stretch."""
    part = (end_ns - start_ns) // 3
    return (start_ns, start_ns + part), (end_ns - part, end_ns)


def _least(after: GaugeSeries, start_ns: int, end_ns: int) -> float | None:
    """What surely survives the collections of a stretch, in bytes."""
    inside = after.values[(after.times_ns >= start_ns) & (after.times_ns < end_ns)]
    return float(np.percentile(inside, _SURVIVES)) if len(inside) else None


def _requests(scene: Scene, seen: _Pauses, factor: float) -> list[Forecast]:
    """What requests win: the part of the pauses each of them met that goes away."""
    samples = scene.case.run.one(LoadSamples)
    if samples is None or not samples.store.count("http_req_duration"):
        return []
    requests = requests_of(samples.store, [scene.whole.phase])
    rows = (requests.phases >= 0) & ~np.isnan(requests.durations)
    taken, ends = requests.durations[rows], requests.times_ns[rows]
    if not len(taken):
        return []
    met = seen.before(ends) - seen.before(ends - (taken * 1e9).astype(np.int64))

    def relieved(times: float) -> Floats:
        change = times * factor - 1
        left: Floats = np.maximum(taken + met * (min(change, 0.0) if factor < 1 else change), 0.0)
        return left

    ways = [relieved(times) for times in (1.0, *_WIDTH)]
    p95, *around = (float(np.quantile(one, 0.95)) for one in ways)
    formula = message("forecast.formula.pauses-met", met=seconds(float(met.mean())))
    slices = [one for window in scene.windows if (one := scene.load(window)) is not None]
    found = [
        Forecast(
            ForecastQuantity.P95, (), float(np.quantile(taken, 0.95)), p95,
            (min(around) * (1 - _P95_ERROR), max(around) * (1 + _P95_ERROR)),
            Unit.SECONDS, formula, _assumed(),
        )
    ]  # fmt: skip
    if slices:
        top = max(one.throughput for one in slices)
        rate = top * _quicker(scene, len(taken), float(taken.sum()), float(ways[0].sum()))
        found.append(
            Forecast(
                ForecastQuantity.THROUGHPUT_LIMIT, (), top, rate,
                (rate * (1 - _RATE_ERROR), rate * (1 + _RATE_ERROR)), Unit.PER_SECOND, formula,
                (message("forecast.assumption.lower-bound"), *_assumed()), Bound.AT_LEAST,
            )
        )  # fmt: skip
    return found


def _quicker(scene: Scene, requests: int, before: float, after: float) -> float:
    """How many times as many requests virtual users make: the pause between them stays."""
    plan = scene.case.run.one(LoadPlan)
    if plan is not None and all(one.executor.is_open for one in plan.scenarios):
        return 1.0
    store = scene.samples and scene.samples.store
    if not store or not store.count("iteration_duration"):
        return 1.0
    spent = float(store.samples("iteration_duration", (), globs=False).values.sum())
    return 1.0 if spent <= 0 or not requests else spent / max(spent - before + after, 1e-9)
