"""More load brought no more throughput.

Symptom: successful requests per second stay flat, for all or for one endpoint, while virtual
users (or the arrival rate) rise.
Why it hurts: the system's limit is reached; whatever comes on top only waits.
How detected: between two later windows the level of load rises by a quarter and throughput of
an endpoint with a share of the traffic by less than a third of that.
False positives: think time that dominates the iteration (throughput then rises in proportion).
Reference: Universal scalability law; Little's law.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES
from perfreport.diagnosis.scene import Scene
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import per_second
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Window
    from perfreport.rules import Case

_MORE_LOAD = 1.15
_GAIN = 1 / 3
_WORTH_SHARE = 0.05


def detect(case: Case) -> Iterator[Finding]:
    """Report the first window from which load grew and throughput did not."""
    scene = Scene.of(case)
    levels = [one for one in scene.windows if one.phase.level]
    if len(levels) < 2:
        return
    found = [
        entry for endpoint in (None, *_endpoints(case)) if (entry := _flat(scene, levels, endpoint))
    ]
    if not found:
        return
    before, after, endpoint, low, high = found[0]
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.throughput-saturated.title"),
        summary=message(
            "findings.throughput-saturated.summary",
            before=before.phase.title,
            after=after.phase.title,
            low=per_second(low),
            high=per_second(high),
        )
        if endpoint is None
        else message(
            "findings.throughput-saturated.endpoint",
            before=before.phase.title,
            after=after.phase.title,
            low=per_second(low),
            high=per_second(high),
            endpoint=endpoint,
        ),
        evidence=(
            figures(
                *(
                    (
                        message("diagnosis.label.throughput-of", phase=window.phase.title),
                        per_second(part.throughput),
                        None,
                    )
                    for window in levels
                    if (part := scene.load(window, endpoint)) is not None
                )
            ),
        ),
        subject=endpoint,
        onset_ns=after.start_ns,
    )


def _endpoints(case: Case) -> list[str]:
    whole = case.measurements.slice_of()
    total = whole.requests if whole is not None else 0
    return [
        part.endpoint
        for part in case.measurements.slices
        if part.phase == "all"
        and part.scenario is None
        and part.endpoint is not None
        and part.requests >= _WORTH_SHARE * total
    ]


def _flat(
    scene: Scene, levels: list[Window], endpoint: str | None
) -> tuple[Window, Window, str | None, float, float] | None:
    """The first pair of neighbours where much more load brought little more throughput."""
    for before, after in itertools.pairwise(levels):
        more = (after.phase.level or 0.0) / (before.phase.level or 1.0)
        low, high = scene.load(before, endpoint), scene.load(after, endpoint)
        if more < _MORE_LOAD or low is None or high is None or low.throughput <= 0:
            continue
        if high.throughput / low.throughput - 1 < _GAIN * (more - 1):
            return before, after, endpoint, low.throughput, high.throughput
    return None


PLUGIN = Rule("throughput-saturated", Category.BOTTLENECK, (SAMPLES,), detect)
