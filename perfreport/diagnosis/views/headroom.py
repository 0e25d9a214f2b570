"""How much more load a resource takes before all of it is in use.

Little's law: the number in use is throughput times the time each is held. While that time stays as
it is, a load larger by a factor takes that factor more of the resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

_USUAL_STEP = 1.25  # where the test itself has no steps
_LONGEST_STEP = 1.5


@dataclass(frozen=True, slots=True)
class Headroom:
    """A resource in the window of most throughput: what was in use in 19 of 20 samples."""

    window: Window
    used: Figure  # ratio
    throughput: float  # requests per second
    step: float  # the next step of load over the last one

    @property
    def factor(self) -> float:
        """How many times the load it takes to use all of it."""
        return 1 / self.used.value if self.used.value > 0 else float("inf")

    @property
    def ends_with_next_step(self) -> bool:
        """Whether the next step of load would use all of it."""
        return self.used.value * self.step >= 1


def headroom(scene: Scene, signal: str) -> Headroom | None:
    """Look at a utilization signal where most was served; None where nothing tells."""
    loads = [
        (one, part.throughput) for one in scene.windows if (part := scene.load(one)) is not None
    ]
    if not loads:
        return None
    window, throughput = max(loads, key=lambda entry: entry[1])
    used = scene.ask(signal, "p(95)", window)
    if used is None or throughput <= 0:
        return None
    return Headroom(window, used, throughput, _step(scene))


def _step(scene: Scene) -> float:
    """The last rise from step to step, once more; at most half as much again."""
    levels = [one.phase.level for one in scene.windows if one.phase.level]
    rises = [(low, high) for low, high in pairwise(levels) if high > low]
    if not rises:
        return _USUAL_STEP
    low, high = rises[-1]
    return min(_LONGEST_STEP, (high + (high - low)) / high)
