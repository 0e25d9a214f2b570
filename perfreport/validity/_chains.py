"""Iterations as links of chains: a VU of a VU executor begins the next one where the last ended.

Seen in runs of k6 0.57 to 2.2: within a millisecond for 99 % of the iterations, at full CPU load
too. An arrival-rate executor begins iterations by its schedule, whatever ended before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.validity._tally import started_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.model.load import LoadSamples
    from perfreport.model.measurement import Integers

NEXT_NS = 2_000_000  # a VU goes on within this time
CLOSED = 0.88  # share of the iterations that go on, in a scenario of a VU executor
OPEN = 0.5  # at most, in a scenario with an arrival rate
BY_CHANCE = 0.5  # so many iterations end that one always ended just before: nothing can be told
WHOLE_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Chain:
    """Iterations of one scenario in order of their begin; `first` marks those that follow none.

    `is_open` None: too many iterations to tell.
    """

    scenario: str | None
    began_ns: Integers
    first: NDArray[np.bool_]
    is_open: bool | None


def chains(samples: LoadSamples) -> tuple[Chain, ...]:
    """Tell for each scenario which iterations follow another one. Empty with coarse times."""
    store = samples.store
    found = store.samples("iteration_duration")
    if not len(found) or not bool((found.times_ns % WHOLE_SECOND).any()):
        return ()
    began = started_at(store)
    codes, labels = store.codes("scenario")
    mine = codes[found.tagsets]
    result = []
    for code in np.unique(mine):
        starts = np.sort(began[mine == code])
        ends = np.sort(found.times_ns[mine == code])
        last = np.searchsorted(ends, starts, "right") - 1
        gap = np.where(last >= 0, starts - ends[np.maximum(last, 0)], NEXT_NS + 1)
        follows = gap <= NEXT_NS
        span = max(float(starts[-1] - starts[0]), 1.0)
        chance = 1 - float(np.exp(-len(ends) / span * NEXT_NS))
        share = float(follows.mean())
        kind = (
            None
            if chance > BY_CHANCE or len(starts) < 10
            else False
            if share >= CLOSED
            else True
            if share <= max(OPEN, 1.5 * chance)
            else None
        )
        result.append(Chain(labels[code] if code >= 0 else None, starts, ~follows, kind))
    return tuple(result)
