"""A run fitted and played again: the ground every what-if of its requests stands on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.today import count_today, setting_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.demands import DEMAND, fit
from perfreport.forecasting.objective import Served
from perfreport.forecasting.observed import hastened, observe
from perfreport.forecasting.replay import System, replay
from perfreport.model.forecast import Refusal
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demands
    from perfreport.forecasting.observed import Observed
    from perfreport.forecasting.replay import Outcome

PRODUCED = "kafka.producer.rate"
_MOST_REQUESTS = 15_000
_SETTLED_SECONDS = 10.0
_BUSY = 0.7  # processors busier than this are given a queue of their own


@dataclass(frozen=True, eq=False)
class Model:
    """A run fitted and played again: the ground every what-if of its requests stands on."""

    observed: Observed
    demands: Demands
    system: System
    edges: tuple[tuple[float, float], ...]  # windows of steady load, seconds of the load
    measured: tuple[float, ...]  # successful requests per second in them
    outcome: Outcome
    error: float  # relative error of the throughput the model gives back, at its worst
    error_p95: float
    p95s: dict[str | None, float]  # measured over the whole test, by endpoint; None: over all
    served: tuple[Served, ...]  # measured throughput and p95 of the windows
    filled: float  # share of the pool in use in its fullest slot


def fitted(scene: Scene) -> Model | Refusal:
    """Fit a model to a run; a refusal where the run does not show enough."""
    observed = observe(scene)
    whole = scene.case.measurements.slice_of()
    if observed is None or whole is None or whole.latency.p95 is None:
        return Refusal(message("forecast.refusal.no-samples"))
    demands = fit(scene, observed)
    patience = setting_today(scene, names.PATIENCE)
    pooled = demands.pool_known
    pool = count_today(scene, names.POOL)
    held = [
        one
        for slot in scene.slots
        for signal in (DEMAND, "hikaricp.connections.active")
        if (one := scene.value(signal, "mean", slot)) is not None
    ]
    consumers = min(
        count_today(scene, names.CONSUMERS) or 0, count_today(scene, names.PARTITIONS) or 0
    )
    system = System(
        pool=pool if pooled else None,
        patience=float(patience) if isinstance(patience, int | float) else None,
        threads=count_today(scene, names.THREADS),
        consumers=consumers if pooled and demands.record > 0 else 0,
        produced_by=_producer(scene, observed),
    )
    pace = _pace(scene, observed)
    observed = hastened(observed, pace)
    edges = tuple(_edges(scene, window.start_ns, window.end_ns, pace) for window in scene.windows)
    outcome = played(observed, demands, system, edges)
    slices = [scene.load(window) for window in scene.windows]
    rates = tuple(0.0 if one is None else one.throughput for one in slices)
    given_back = max(outcome.rate(*edge) for edge in edges)
    top = int(np.argmax(rates))
    p95 = outcome.p95() or 0.0
    return Model(
        observed, demands, system, edges, rates, outcome,
        error=abs(given_back / rates[top] - 1) if rates[top] else 1.0,
        error_p95=abs(p95 / whole.latency.p95 - 1),
        p95s={
            one.endpoint: one.latency.p95
            for one in scene.case.measurements.slices
            if one.phase == WHOLE_RUN and one.scenario is None and one.latency.p95 is not None
        },
        served=tuple(
            Served(one.throughput, one.latency.p95)
            for one in slices
            if one is not None and one.latency.p95 is not None
        ),
        filled=max(held) / pool if pool and held else 0.0,
    )  # fmt: skip


def played(
    observed: Observed, demands: Demands, system: System, edges: Sequence[tuple[float, float]]
) -> Outcome:
    """The load against the system; with a queue for the processors where they are busy."""
    found = replay(observed, demands, system)
    if demands.cpu is None:
        return found
    top = max(found.rate(*edge) for edge in edges)
    if top < _BUSY * demands.cpu.limit:
        return found
    return replay(observed, demands, replace(system, cpu=1 / demands.cpu.limit))


def _pace(scene: Scene, observed: Observed) -> int:
    """How much faster a long test is played: queues settle within seconds, stages last minutes."""
    requests = sum(visit.count for visit in observed.visits)
    shortest = min(window.seconds for window in scene.windows)
    return max(1, min(requests // _MOST_REQUESTS, int(shortest / _SETTLED_SECONDS)))


def _producer(scene: Scene, observed: Observed) -> int | None:
    """The visit whose requests produce records: as many as there were records."""
    produced = [scene.value(PRODUCED, "mean", slot) for slot in scene.slots]
    if not any(produced):
        return None
    made = np.array([one or 0.0 for one in produced])
    off = [float(np.abs(visit.rates - made).mean()) for visit in observed.visits]
    return int(np.argmin(off))


def _edges(scene: Scene, start_ns: int, end_ns: int, pace: int) -> tuple[float, float]:
    start = scene.whole.start_ns
    return (start_ns - start) / 1e9 / pace, (end_ns - start) / 1e9 / pace
