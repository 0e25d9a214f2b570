"""What diagnosis rules need, and which file gives it."""

from __future__ import annotations

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.pool import pool
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.rules import Case, Need


def _has_pool(case: Case) -> bool:
    return pool(Scene.of(case)) is not None


SAMPLES = Need(message("need.k6-samples"), lambda case: case.run.one(LoadSamples) is not None)
POOL = Need(message("need.pool-signals"), _has_pool)


def signal_need(key: str, *signals: str) -> Need:
    """At least one of several signals; `key` names the sentence that says which file has them."""
    return Need(message(key), lambda case: any(Scene.of(case).known(signal) for signal in signals))
