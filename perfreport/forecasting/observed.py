"""What a run shows of its own load: who asks for what, how long they think, when it got slow.

The run is cut into the slots of steady load; every array has one entry per slot. An endpoint is
taken per scenario, so that iterations can be played again with their requests in order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._requests import requests_of
from perfreport.model.load import LoadPlan

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.measure._requests import Requests
    from perfreport.model.load import LoadSamples
    from perfreport.model.measurement import Floats
    from perfreport.store import SampleStore

_GRID_SECONDS = 0.25
_FEWEST_REQUESTS = 20
_AT_ONCE = 0.002  # seconds between the end of an iteration and the next one of the same user
_OPEN = 0.4
_TELLING = 0.9
ACQUIRE = "hikaricp.connections.acquire"


@dataclass(frozen=True, eq=False)
class Visit:
    """Requests of one scenario to one endpoint: how many per iteration, and what they took.

    `rates` are successful requests per second, `latencies` means in seconds (NaN: no request).
    `easy` are the durations of the slots in which requests waited least, ascending; `spent` is
    what all of them took together, in seconds.
    """

    endpoint: str
    per_iteration: float
    count: int
    failed: int
    rates: Floats
    latencies: Floats
    easy: Floats
    spent: float


@dataclass(frozen=True, eq=False)
class Flow:
    """One scenario: its requests in order, the pause after each, and its load in time.

    `levels` are virtual users at `grid` seconds from the start of the load; of an open scenario
    `arrivals` are the seconds at which iterations started, whatever the system did.
    """

    scenario: str
    visits: tuple[Visit, ...]
    think: float
    grid: Floats
    levels: Floats
    arrivals: Floats | None


@dataclass(frozen=True, eq=False)
class Observed:
    """The load of a run. `acquire` is the mean wait for a connection per slot."""

    flows: tuple[Flow, ...]
    seconds: float
    slots: Floats  # length of each slot
    acquire: Floats

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All visits of all scenarios."""
        return tuple(visit for flow in self.flows for visit in flow.visits)


def hastened(observed: Observed, pace: int) -> Observed:
    """The same load in a `pace`-th of the time: as many users, as many requests per second."""
    flows = tuple(
        replace(
            flow,
            grid=flow.grid / pace,
            arrivals=None if flow.arrivals is None else flow.arrivals[::pace] / pace,
        )
        for flow in observed.flows
    )
    return replace(observed, flows=flows, seconds=observed.seconds / pace)


def observe(scene: Scene) -> Observed | None:
    """Read the load from k6's samples; None without samples of requests and iterations."""
    samples = scene.samples
    if samples is None or not samples.store.count("http_req_duration"):
        return None
    if not samples.store.count("iteration_duration"):
        return None
    slots = scene.slots
    phases = [
        replace(slot.phase, name=slot.name, start_ns=slot.start_ns, end_ns=slot.end_ns)
        for slot in slots
    ]
    requests = requests_of(samples.store, phases)
    lengths = np.array([slot.seconds for slot in slots])
    waits = np.array([scene.value(ACQUIRE, "mean", slot) or 0.0 for slot in slots])
    flows = _flows(scene, samples, requests, lengths, waits)
    return Observed(flows, scene.whole.seconds, lengths, waits) if flows else None


def _flows(
    scene: Scene, samples: LoadSamples, requests: Requests, lengths: Floats, waits: Floats
) -> tuple[Flow, ...]:
    planned = _open_scenarios(scene)
    flows = []
    for number, name in enumerate(requests.scenario_names):
        begun, ended = _iterations(samples.store, name, scene.whole.start_ns)
        mine = requests.scenarios == number
        if not len(begun) or not mine.any():
            continue
        visits = _visits(requests, number, len(begun), lengths, waits)
        spent = float(requests.durations[mine].sum())
        think = max(0.0, float((ended - begun).sum()) - spent) / int(np.count_nonzero(mine))
        grid = np.arange(0.0, max(scene.whole.seconds, _GRID_SECONDS), _GRID_SECONDS)
        levels = np.searchsorted(np.sort(begun), grid, side="right") - np.searchsorted(
            np.sort(ended), grid, side="right"
        )
        is_open = name in planned if planned is not None else _arrive_by_themselves(begun, ended)
        arrivals = np.sort(begun) if is_open else None
        flows.append(Flow(name, visits, think, grid, levels.astype(np.float64), arrivals))
    return tuple(flows)


def _visits(
    requests: Requests, scenario: int, iterations: int, lengths: Floats, waits: Floats
) -> tuple[Visit, ...]:
    visits = []
    mine = requests.scenarios == scenario
    for endpoint in np.unique(requests.endpoints[mine]).tolist():
        rows = mine & (requests.endpoints == endpoint)
        if endpoint < 0:
            continue
        first = int(requests.times_ns[rows].min())
        visits.append((first, _visit(requests, rows, iterations, lengths, waits)))
    return tuple(visit for _, visit in sorted(visits, key=lambda entry: entry[0]))


def _visit(
    requests: Requests, rows: Floats, iterations: int, lengths: Floats, waits: Floats
) -> Visit:
    slots, durations = requests.phases[rows], requests.durations[rows]
    failed = requests.failed[rows]
    inside = slots >= 0
    counts = np.bincount(slots[inside], minlength=len(lengths))
    passed = np.bincount(slots[inside & ~failed], minlength=len(lengths))
    total = np.bincount(slots[inside], durations[inside], minlength=len(lengths))
    means = np.divide(total, counts, out=np.full(len(lengths), np.nan), where=counts > 0)
    # The calmest slots: least waiting for connections, and of those the quickest.
    order = np.lexsort((np.nan_to_num(means, nan=np.inf), np.round(waits, 3)))
    taken = order[: max(1, int(np.searchsorted(np.cumsum(counts[order]), _FEWEST_REQUESTS)) + 1)]
    easy = durations[np.isin(slots, taken) & ~failed]
    return Visit(
        endpoint=requests.endpoint_names[int(requests.endpoints[rows][0])],
        per_iteration=int(np.count_nonzero(rows)) / iterations,
        count=int(np.count_nonzero(rows)),
        failed=int(np.count_nonzero(failed)),
        rates=passed / lengths,
        latencies=means,
        easy=np.sort(easy if len(easy) else durations),
        spent=float(durations.sum()),
    )


def _iterations(store: SampleStore, scenario: str, start_ns: int) -> tuple[Floats, Floats]:
    """When the iterations of a scenario began and ended, in seconds of the load."""
    found = store.samples("iteration_duration", (("scenario", scenario),), globs=False)
    ended = (found.times_ns - start_ns) / 1e9
    begun = ended - found.values
    inside = ended > 0
    return begun[inside], ended[inside]


def _open_scenarios(scene: Scene) -> frozenset[str] | None:
    """Scenarios with an arrival rate, by the plan; None where there is none."""
    plan = scene.case.run.one(LoadPlan)
    if plan is None:
        return None
    return frozenset(one.name for one in plan.scenarios if one.executor.is_open)


def _arrive_by_themselves(begun: Floats, ended: Floats) -> bool:
    """Whether iterations begin on their own, not where a virtual user ended the one before.

    What coincides by chance at this rate does not count.
    """
    ends = np.sort(ended)
    before = np.searchsorted(ends, begun + _AT_ONCE / 2) - 1
    close = (before >= 0) & (begun - ends[np.maximum(before, 0)] < _AT_ONCE)
    by_chance = 1 - np.exp(-len(begun) * 1.5 * _AT_ONCE / max(float(np.ptp(begun)), 1e-9))
    beyond = (float(close.mean()) - by_chance) / max(1 - by_chance, 1e-9)
    return bool(by_chance < _TELLING and beyond < _OPEN)
