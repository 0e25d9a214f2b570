"""More load brought no more throughput, or the same load suddenly much less of it.

Symptom: successful requests per second stay flat, for all or for one endpoint, while virtual
users (or the arrival rate) rise; or they fall to less than half while the load stays.
Why it hurts: the system's limit is reached; whatever comes on top only waits. Requests that are
never answered stand in no response time: only the throughput tells of them.
How detected: between two later windows the level of load rises by a quarter and throughput of
an endpoint with a share of the traffic by less than a third of that. Else a stretch of a fifth of
a steady window, five seconds at least, with less than half of its usual throughput.
False positives: think time that dominates the iteration (throughput then rises in proportion).
Reference: Universal scalability law; Little's law.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import NS_PER_SECOND, per_second, seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Window
    from perfreport.rules import Case

_MORE_LOAD = 1.15
_GAIN = 1 / 3
_WORTH_SHARE = 0.05
_FALLEN = 0.5  # of the usual throughput
_LONG_SHARE = 0.2
_LONG_SECONDS = 5.0
_SMOOTHED = 3  # buckets
_FEWEST_USUAL = 20.0  # requests in a smoothed bucket, below which chance makes holes


def detect(case: Case) -> Iterator[Finding]:
    """Report the first window from which load grew and throughput did not."""
    scene = Scene.of(case)
    levels = [one for one in scene.windows if one.phase.level]
    found = [
        entry for endpoint in (None, *_endpoints(case)) if (entry := _flat(scene, levels, endpoint))
    ]
    if not found:
        fallen = [one for window in levels if (one := _fallen(case, window)) is not None]
        yield from (_collapse(*one) for one in fallen[:1])
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
                        sampled("http_reqs", "rate", window),
                    )
                    for window in levels
                    if (part := scene.load(window, endpoint)) is not None
                )
            ),
        ),
        subject=endpoint,
        onset_ns=after.start_ns,
    )


def _collapse(window: Window, start_ns: int, length: float, usual: float, low: float) -> Finding:
    end_ns = start_ns + round(length * NS_PER_SECOND)
    place = Provenance("http_reqs rate", start_ns=start_ns, end_ns=end_ns)
    return Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.throughput-saturated.title-fallen"),
        summary=message(
            "findings.throughput-saturated.fallen",
            phase=window.phase.title,
            usual=per_second(usual),
            low=per_second(low),
            length=seconds(round(length)),
        ),
        evidence=(
            figures(
                (
                    message("diagnosis.label.throughput-of", phase=window.phase.title),
                    per_second(usual),
                    Provenance("http_reqs rate", start_ns=window.start_ns, end_ns=start_ns),
                ),
                (message("diagnosis.label.throughput-fallen"), per_second(low), place),
            ),
        ),
        onset_ns=start_ns,
    )


def _fallen(case: Case, window: Window) -> tuple[Window, int, float, float, float] | None:
    """The longest stretch of a window with less than half of its usual throughput."""
    line = next(
        (
            one
            for one in case.measurements.timelines
            if one.endpoint is None and one.scenario is None
        ),
        None,
    )
    if line is None:
        return None
    width = line.bucket_seconds
    inside = (line.start_ns >= window.start_ns) & (
        line.start_ns + width * NS_PER_SECOND <= window.end_ns
    )
    starts, rates = line.start_ns[inside], np.nan_to_num(line.successful[inside])
    if len(rates) < 2 * _SMOOTHED:
        return None
    smooth = np.convolve(rates, np.ones(_SMOOTHED) / _SMOOTHED, mode="same")
    usual = float(np.median(np.sort(rates)[len(rates) // 2 :]))
    if usual * width * _SMOOTHED < _FEWEST_USUAL:
        return None
    edges = np.flatnonzero(np.diff(np.r_[0, smooth[1:-1] < _FALLEN * usual, 0])) + 1
    stretches = [
        (int(last - first), int(first)) for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
    count, first = max(stretches, default=(0, 0))
    if count * width < max(_LONG_SECONDS, _LONG_SHARE * window.seconds):
        return None
    low = float(rates[first : first + count].mean())
    return window, int(starts[first]), count * width, usual, low


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
