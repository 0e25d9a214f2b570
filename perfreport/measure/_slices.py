"""HTTP statistics of every phase × scenario × endpoint that has requests."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from perfreport.measure._requests import NONE, grouped, latency, phase_numbers
from perfreport.model.measurement import WHOLE_RUN, LoadSlice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.measure._requests import Requests
    from perfreport.model.measurement import Integers
    from perfreport.model.phase import Phase
    from perfreport.store import SampleStore

_Place: TypeAlias = tuple[int, int, int]  # phase, scenario, endpoint; -1 for all of them
_NO_ROWS = np.empty(0, np.int64)


def slices_of(
    store: SampleStore, requests: Requests, phases: Sequence[Phase], seconds: float
) -> tuple[LoadSlice, ...]:
    """All combinations of phase (also the whole run), scenario and endpoint (also all of them).

    Phases that were reached always have a slice over everything, even without a request.
    """
    slicer = _Slicer(store, requests, phases, seconds)
    found: dict[_Place, LoadSlice] = {}
    for columns in product((False, True), repeat=3):
        keys, decode = _keys(requests, phases, columns)
        passed = dict(grouped(np.where(requests.failed, NONE, keys)))
        for key, rows in grouped(keys):
            place = decode(key)
            found[place] = slicer.cut(place, rows, passed.get(key, _NO_ROWS))
    for number, phase in enumerate(phases):
        place = (number, NONE, NONE)
        if phase.reached and place not in found:
            found[place] = slicer.cut(place, _NO_ROWS, _NO_ROWS)
    return tuple(found[place] for place in sorted(found))


class _Slicer:
    def __init__(
        self, store: SampleStore, requests: Requests, phases: Sequence[Phase], seconds: float
    ) -> None:
        self._requests = requests
        self._phases = phases
        self._seconds = seconds
        self._iterations = _iterations(store, phases)
        self._vus_max = _vus_max(store, phases)

    def cut(self, place: _Place, rows: Integers, passed: Integers) -> LoadSlice:
        """One slice: `rows` are all its requests, `passed` the successful ones."""
        phase, scenario, endpoint = place
        requests = self._requests
        length = self._seconds if phase == NONE else self._phases[phase].seconds
        return LoadSlice(
            phase=WHOLE_RUN if phase == NONE else self._phases[phase].name,
            scenario=None if scenario == NONE else requests.scenario_names[scenario],
            endpoint=None if endpoint == NONE else requests.endpoint_names[endpoint],
            seconds=length,
            requests=len(rows),
            failed=len(rows) - len(passed),
            iterations=self._iterations.get((phase, scenario), 0) if endpoint == NONE else None,
            throughput=len(passed) / length if length > 0 else 0.0,
            request_rate=len(rows) / length if length > 0 else 0.0,
            latency=latency(requests.durations[rows]),
            latency_successful=latency(requests.durations[passed]),
            vus_max=self._vus_max.get(phase) if scenario == endpoint == NONE else None,
        )


def _keys(
    requests: Requests, phases: Sequence[Phase], columns: tuple[bool, ...]
) -> tuple[Integers, Callable[[int], _Place]]:
    """One number per row for the columns chosen (-1: not in any), and how to take it apart."""
    sizes = (len(phases), len(requests.scenario_names), len(requests.endpoint_names))
    numbers = (requests.phases, requests.scenarios, requests.endpoints)
    keys = np.zeros(len(requests), np.int64)
    inside = np.ones(len(requests), np.bool_)
    for chosen, size, column in zip(columns, sizes, numbers, strict=True):
        if chosen:
            keys = keys * size + column
            inside &= column >= 0

    def decode(key: int) -> _Place:
        place = [NONE, NONE, NONE]
        for position in (2, 1, 0):
            if columns[position]:
                key, place[position] = divmod(key, sizes[position])
        return place[0], place[1], place[2]

    return np.where(inside, keys, NONE), decode


def _iterations(store: SampleStore, phases: Sequence[Phase]) -> dict[tuple[int, int], int]:
    """Iterations finished by (phase, scenario), -1 standing for all."""
    found = store.samples("iterations")
    scenarios, names = store.codes("scenario")
    # Row and column 0 hold what has no phase or no scenario.
    shape = (len(phases) + 1, len(names) + 1)
    cells = (phase_numbers(found.times_ns, phases) + 1) * shape[1] + scenarios[found.tagsets] + 1
    table = np.bincount(cells, found.values, shape[0] * shape[1]).reshape(shape)
    answer = {(NONE, NONE): table.sum()}
    for phase in range(len(phases)):
        answer[phase, NONE] = table[phase + 1].sum()
        for scenario in range(len(names)):
            answer[phase, scenario] = table[phase + 1, scenario + 1]
    for scenario in range(len(names)):
        answer[NONE, scenario] = table[:, scenario + 1].sum()
    return {place: round(float(total)) for place, total in answer.items()}


def _vus_max(store: SampleStore, phases: Sequence[Phase]) -> dict[int, float]:
    """Most VUs active at once by phase, -1 for the whole run."""
    found = store.series("vus")
    if not len(found):
        return {}
    inside = phase_numbers(found.times_ns, phases)
    answer = {NONE: float(found.values.max())}
    for number in np.unique(inside[inside >= 0]).tolist():
        answer[number] = float(found.values[inside == number].max())
    return answer
