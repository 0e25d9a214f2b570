"""Response times rose while the load did, or miss their target, or jump within a steady load.

Symptom: p95 of a phase a multiple of the first phase's, a latency objective not met, or some
slots of a steady load far slower than the others.
Why it hurts: it is what users feel.
How detected: p95 of a later phase at least twice the first one's (a ramp counts as the first:
the load is smallest there) and 20 ms more; or an objective on response time that fails or warns;
or single seconds of a steady load whose p99 is five times the usual one.
False positives: a first window that is warmed up less than the others only hides a rise.
Reference: k6, http_req_duration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.grade import Verdict
from perfreport.model.message import message
from perfreport.model.units import Unit, seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Window
    from perfreport.model.grade import Grade
    from perfreport.model.measurement import Timeline
    from perfreport.model.message import Message
    from perfreport.rules import Case

_TIMES = 2.0
_NOTICEABLE_SECONDS = 0.02
_FEWEST_REQUESTS = 50
_BURST_TIMES = 5.0
_PERCENTILE = re.compile(r"p\((\d+(?:\.\d+)?)\)")
_MISSED = frozenset({Verdict.FAIL, Verdict.WARNING})


def detect(case: Case) -> Iterator[Finding]:
    """Report the slowest window against the first, or the missed objective."""
    scene = Scene.of(case)
    measured = [
        (window, part.latency.p95)
        for window in (*scene.first_ramp, *scene.windows)
        if (part := scene.load(window)) is not None
        and part.latency.p95 is not None
        and part.requests >= _FEWEST_REQUESTS
    ]
    if not measured:
        return
    first, base = measured[0]
    worst, slowest = max(measured, key=lambda entry: entry[1])
    risen = slowest >= _TIMES * base and slowest - base >= _NOTICEABLE_SECONDS
    missed, burst = _missed(case), _burst(case)
    if not (risen or missed or burst):
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.latency-degraded.title"),
        summary=message(
            "findings.latency-degraded.risen",
            phase=worst.title,
            p95=seconds(slowest),
            first=first.phase.title,
            base=seconds(base),
        )
        if risen
        else _steady(worst, slowest, missed, burst),
        evidence=(
            figures(
                *(
                    (
                        message("diagnosis.label.p95-of", phase=window.phase.title),
                        seconds(value),
                        sampled("http_req_duration", "p(95)", window),
                    )
                    for window, value in measured
                )
            ),
        ),
        onset_ns=_onset(case, measured, base) if risen else None,
    )


def _onset(case: Case, measured: list[tuple[Window, float]], base: float) -> int:
    """When p95 rose and stayed so for another bucket, in the first window that is slower."""
    limit = max(_TIMES * base, base + _NOTICEABLE_SECONDS)
    window = next(window for window, value in measured if value >= limit)
    line = _overall(case)
    if line is None:
        return window.start_ns
    inside = (line.start_ns >= window.start_ns) & (line.start_ns < window.end_ns)
    starts, high = line.start_ns[inside], line.p95[inside] >= limit
    lasting = high[:-1] & high[1:]
    return int(starts[:-1][lasting][0]) if lasting.any() else window.start_ns


def _steady(
    worst: Window, slowest: float, missed: Grade | None, burst: tuple[float, float] | None
) -> Message:
    """Say of a steady load what target it missed, else how far single seconds stand out."""
    stat = _PERCENTILE.fullmatch(missed.objective.selector.stat) if missed is not None else None
    bound = missed.objective.target[0] if missed is not None and missed.objective.target else None
    if missed is not None and stat and bound and missed.measurement is not None:
        return message(
            "findings.latency-degraded.missed",
            percentile=f"P{stat[1]}",
            value=seconds(missed.measurement.value or 0.0),
            limit=seconds(bound.limit),
        )
    if burst is not None:
        usual, high = burst
        return message("findings.latency-degraded.bursts", usual=seconds(usual), high=seconds(high))
    return message("findings.latency-degraded.steady", phase=worst.title, p95=seconds(slowest))


def _missed(case: Case) -> Grade | None:
    """The objective on response time that was missed, the one by a percentile first."""
    grades = [] if case.grade is None else [*case.grade.grades]
    if case.grade is not None:
        grades += [grade for stage in case.grade.stages for grade in stage.grades]
    missed = [
        grade
        for grade in grades
        if grade.verdict in _MISSED
        and grade.objective.unit is Unit.SECONDS
        and grade.objective.selector.metric in {"http_req_duration", "iteration_duration"}
    ]
    by_percentile = [
        grade for grade in missed if _PERCENTILE.fullmatch(grade.objective.selector.stat)
    ]
    return next(iter((*by_percentile, *missed)), None)


def _burst(case: Case) -> tuple[float, float] | None:
    """Usual and high p99 where some seconds of a load are many times slower than most of them."""
    overall = _overall(case)
    if overall is None:
        return None
    p99 = overall.p99[np.isfinite(overall.p99)]
    if len(p99) < 10:
        return None
    usual = float(np.median(p99))
    high = float(np.quantile(p99, 0.95))
    stands_out = high >= _BURST_TIMES * usual and high - usual >= 5 * _NOTICEABLE_SECONDS
    return (usual, high) if stands_out else None


def _overall(case: Case) -> Timeline | None:
    lines = case.measurements.timelines
    return next((one for one in lines if one.endpoint is None and one.scenario is None), None)


PLUGIN = Rule("latency-degraded", Category.BOTTLENECK, (SAMPLES,), detect)
