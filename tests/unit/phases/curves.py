"""Loads made up for the tests: schedules as k6 plays them, seen through its one-second gauge."""

from __future__ import annotations

import numpy as np

from perfreport.model.load import Executor, LoadPlan, Scenario, Stage
from perfreport.model.source import SourceRef
from perfreport.phases._observed import ObservedLoad, ObservedScenario
from perfreport.phases._plan import Curve, curves

STEP = 0.1


def scenario(
    name: str,
    executor: Executor,
    start_level: float,
    *stages: tuple[float, float],
    at: float = 0.0,
    **more: int | None,
) -> Scenario:
    """A scenario of stages (seconds, target)."""
    return Scenario(
        name=name,
        executor=executor,
        exec="default",
        start_seconds=at,
        graceful_stop_seconds=30.0,
        start_level=start_level,
        stages=tuple(Stage(seconds, target) for seconds, target in stages),
        **more,
    )


def plan(*scenarios: Scenario) -> LoadPlan:
    return LoadPlan(SourceRef("inspect.json", "k6-inspect"), scenarios, ())


def parts(*scenarios: Scenario) -> tuple[Curve, ...]:
    return curves(plan(*scenarios), {})


def play(
    *planned: Scenario,
    seconds: float | None = None,
    latency: float = 0.3,
    seed: int = 7,
    begin: float = 0.0,
) -> ObservedLoad:
    """What the samples of such a run look like: exact schedules, random closed iterations."""
    generator = np.random.default_rng(seed)
    found = parts(*planned)
    stop = seconds if seconds is not None else max(part.stop for part in found)
    steps = int((begin + stop) / STEP) + 20
    edges = np.arange(steps + 1) * STEP - begin
    ticks = np.arange(0.4, begin + stop, 1.0)
    vus = np.zeros_like(ticks)
    seen = []
    for part in found:
        until = np.minimum(edges, stop)
        if part.is_open:
            counts = np.diff(np.floor(part.integral(until) + 1e-9))
            rate = part.at(ticks - begin)
            vus += generator.poisson(np.maximum(rate * latency, 0))
        else:
            level = np.rint(part.at(np.minimum(edges[:-1], stop))) * (edges[:-1] < stop)
            counts = generator.poisson(level * STEP / latency)
            vus += np.floor(part.at(ticks - begin) + 1e-9)
        busy = np.flatnonzero(counts)
        seen.append(
            ObservedScenario(
                part.scenario,
                counts.astype(float),
                np.zeros(steps),
                float(busy[0]) * STEP + (STEP / 2 if part.is_open else 0),
                min(float(busy[-1] + 1) * STEP + latency, begin + stop + latency),
            )
        )
    requests = np.sum([part.started for part in seen], axis=0)
    return ObservedLoad(
        origin_ns=1_700_000_000_000_000_000,
        step=STEP,
        scenarios=tuple(seen),
        requests=requests,
        vus_at=ticks,
        vus=vus,
        vus_max=float(vus.max()),
        setup_end=begin or None,
        first=min(part.first for part in seen),
        last=max(part.last for part in seen),
        ticking_until=float(ticks[-1]),
    )
