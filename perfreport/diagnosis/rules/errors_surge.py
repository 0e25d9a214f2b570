"""Failures set in, or rise, during the load.

Symptom: failed share of requests in a window or a slot of it.
Why it hurts: failed requests are lost orders, and fast failures flatter every latency figure.
How detected: at least 1 % of a window's or slot's requests failed (at least 5), and it is
not the share the run began with.
False positives: responses the script itself expects are no failures (k6's expected_response).
Reference: k6, http_req_failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import count, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

_WORTH_TELLING = 0.01
_FEWEST = 5


def detect(case: Case) -> Iterator[Finding]:
    """Report the worst window and when failures set in."""
    scene = Scene.of(case)
    parts = [(one, part) for one in scene.windows if (part := scene.load(one)) is not None]
    parts = [(one, part) for one, part in parts if part.requests]
    if not parts:
        return
    worst, most = max(parts, key=lambda entry: entry[1].error_rate or 0.0)
    rate = most.error_rate or 0.0
    if rate < _WORTH_TELLING or most.failed < _FEWEST:
        return
    if not case.measurements.errors:
        return
    kind = case.measurements.errors[0]
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.errors-surge.title"),
        summary=message(
            "findings.errors-surge.summary",
            phase=worst.title,
            rate=share(rate),
            failed=most.failed,
        ),
        evidence=(
            figures(
                (
                    message("diagnosis.label.error-rate"),
                    share(rate),
                    sampled("http_req_failed", "rate", worst),
                ),
                (
                    message("diagnosis.label.failed-requests"),
                    count(most.failed),
                    sampled("http_req_failed", "passes", worst),
                ),
            ),
        ),
        onset_ns=_onset(case) or kind.first_ns,
    )


def _onset(case: Case) -> int | None:
    """The first bucket from which failures last."""
    overall = next(
        (
            line
            for line in case.measurements.timelines
            if line.endpoint is None and line.scenario is None
        ),
        None,
    )
    if overall is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        failing = 1 - overall.successful / overall.requests >= _WORTH_TELLING
    lasting = failing[:-1] & failing[1:]
    return int(overall.start_ns[:-1][lasting][0]) if lasting.any() else None


PLUGIN = Rule("errors-surge", Category.BOTTLENECK, (SAMPLES,), detect)
