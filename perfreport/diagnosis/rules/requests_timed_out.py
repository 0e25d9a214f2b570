"""Requests fail together just past a round time: a time limit ended them.

Symptom: failed requests whose response times pile up behind 1, 1.5, 2, 3, 5 … seconds.
Why it hurts: each waited that long for nothing, and kept a thread while it did.
How detected: ten requests or more just past a round value, three times as many as on either side,
and at least half of them failed. The pool's own count, or calls without an answer, tell whose limit
it was; k6 alone can't.
False positives: k6's own time limit is left out; a service that always takes the same round time
does not fail.
Reference: HikariCP, connectionTimeout; k6, http_req_duration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.pool import TIMEOUTS
from perfreport.diagnosis.views.timeouts import of_the_pool, piles, unanswered
from perfreport.measure.limits import round_limit
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.measurement import TimeLimit
    from perfreport.rules import Case

_FAILED = 0.5


def detect(case: Case) -> Iterator[Finding]:
    """Report the limit that ended most requests, and whose it was where that is known."""
    scene = Scene.of(case)
    most = next((one for one in piles(scene) if one.failed >= _FAILED * one.requests), None)
    if most is None:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.requests-timed-out.title"),
        summary=message(_whose(scene, most), requests=most.requests, limit=seconds(most.seconds)),
        evidence=(
            figures(
                (message("diagnosis.label.time-limit"), seconds(most.seconds), None),
                (message("diagnosis.label.piled-requests"), count(most.requests), None),
                (message("diagnosis.label.piled-failed"), count(most.failed), None),
                (message("diagnosis.label.pool-timeouts"), scene.ask(TIMEOUTS, "count"), None),
            ),
        ),
        subject=most.endpoint,
        onset_ns=max(most.first_ns, scene.whole.start_ns),
    )


def _whose(scene: Scene, pile: TimeLimit) -> str:
    if of_the_pool(scene, pile):
        return "findings.requests-timed-out.pool"
    calls = unanswered(scene)
    if calls is not None and calls.count >= 1 and round_limit(calls.mean) == pile.seconds:
        return "findings.requests-timed-out.call"
    return "findings.requests-timed-out.unknown"


PLUGIN = Rule("requests-timed-out", Category.BOTTLENECK, (SAMPLES,), detect)
