"""All request threads of the web server are busy.

Symptom: busy threads at their maximum for a good part of a window.
Why it hurts: new requests queue in front of the server; its own timers don't see that wait.
How detected: threads at 95 % of the maximum or more in at least three tenths of the samples.
False positives: none by itself; what keeps the threads busy is another finding.
Reference: Tomcat, maxThreads and acceptCount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.diagnosis.views.threads import BUSY, UTILIZATION, request_threads
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import seconds, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case


def detect(case: Case) -> Iterator[Finding]:
    """Report the window in which threads were busy longest."""
    scene = Scene.of(case)
    busy = [one for window in scene.windows if (one := request_threads(scene, window)).exhausted]
    if not busy:
        return
    worst = max(busy, key=lambda one: one.busy_share or 0.0)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.http-threads-busy.title"),
        summary=message(
            "findings.http-threads-busy.summary",
            phase=worst.window.title,
            share=share(worst.busy_share or 0.0),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.threads-utilization"), worst.peak, None),
                (message("diagnosis.label.server-mean"), worst.server, None),
                (
                    message("diagnosis.label.client-mean"),
                    None if worst.client_mean is None else seconds(worst.client_mean),
                    sampled("http_req_duration", "avg", worst.window),
                ),
            ),
        ),
        onset_ns=scene.onset(UTILIZATION, BUSY, window=busy[0].window) or busy[0].window.start_ns,
    )


PLUGIN = Rule(
    "http-threads-busy",
    Category.BOTTLENECK,
    (signal_need("need.tomcat-signals", UTILIZATION),),
    detect,
)
