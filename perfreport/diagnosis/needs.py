"""What diagnosis rules need, and which file gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import counts_all
from perfreport.diagnosis.views.pool import pool
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.rules import Case, Need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perfreport.model.finding import Finding

# Fewer samples in a window of steady load miss what comes and goes in it.
_SAMPLES_IN_WINDOW = 4
_CLOSEST_SECONDS = 2.0  # nobody scrapes much closer


def _has_pool(case: Case) -> bool:
    return pool(Scene.of(case)) is not None


SAMPLES = Need(message("need.k6-samples"), lambda case: case.run.one(LoadSamples) is not None)
POOL = Need(message("need.pool-signals"), _has_pool)


def _counts_all(case: Case) -> bool:
    return counts_all(Scene.of(case))


ALL_STATEMENTS = Need(message("need.all-statements"), _counts_all)


def signal_need(key: str, *signals: str) -> Need:
    """At least one of several signals; `key` names the sentence that says which file has them."""
    return Need(message(key), lambda case: any(Scene.of(case).known(signal) for signal in signals))


def sampled_need(detect: Callable[[Case], Iterable[Finding]], finest: float = 0.0) -> Need:
    """Samples close enough to judge by, unless those that are there show it anyway.

    `finest` is the sampling step in seconds a rule is content with on windows of any length.
    """

    def met(case: Case) -> bool:
        if not any(source.kind == "metric-series" for source in case.run.sources):
            return True  # there are no samples to take closer
        scene = Scene.of(case)
        shortest = min(window.seconds for window in scene.windows)
        enough = max(_CLOSEST_SECONDS, finest or shortest / _SAMPLES_IN_WINDOW)
        return scene.step_seconds <= enough or any(True for _ in detect(case))

    return Need(message("need.closer-samples"), met)
