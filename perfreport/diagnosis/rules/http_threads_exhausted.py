"""There are too few request threads: requests wait in front of an otherwise free server.

Symptom: all threads busy, the pool free, and response times far above the server's own timer, by
about the same amount for every endpoint.
Why it hurts: throughput ends at threads / service time.
How detected: threads busy (see `http-threads-busy`), the wait outside the server's timer at least
as long as the service itself, and neither the connection pool, the processors nor the collector
explain why threads are busy.
False positives: threads that are busy because something behind them is slow; then that is the
cause and more threads would only wait for it.
Reference: Tomcat, maxThreads; Little's law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import sampled_need, signal_need
from perfreport.diagnosis.rules.gc_pressure import collecting
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.diagnosis.views.pool import pool
from perfreport.diagnosis.views.processors import processors
from perfreport.diagnosis.views.threads import UTILIZATION, RequestThreads, request_threads
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.message import Message
    from perfreport.rules import Case

_WAIT_TO_SERVICE = 1.0


def detect(case: Case) -> Iterator[Finding]:
    """Report the window with the longest wait in front of the server."""
    scene = Scene.of(case)
    found = pool(scene)
    if found is not None and found.exhausted:
        return
    waiting = [
        one
        for window in scene.windows
        if (one := request_threads(scene, window)).exhausted
        and _waits(one)
        and not processors(scene, window).saturated
        and not collecting(scene, window)
    ]
    if not waiting:
        return
    worst = max(waiting, key=lambda one: one.outside or 0.0)
    outside, size = worst.outside, scene.ask("tomcat.threads.config.max", "max")
    if outside is None or worst.client_mean is None or worst.server is None:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.http-threads-exhausted.title"),
        summary=message(
            "findings.http-threads-exhausted.summary",
            phase=worst.window.title,
            outside=seconds(outside),
            server=worst.server.quantity,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.threads-max"), size, None),
                (message("diagnosis.label.threads-utilization"), worst.peak, None),
                (
                    message("diagnosis.label.client-mean"),
                    seconds(worst.client_mean),
                    sampled("http_req_duration", "avg", worst.window),
                ),
                (message("diagnosis.label.server-mean"), worst.server, None),
                (message("diagnosis.label.outside-server"), seconds(outside), None),
                (
                    message("diagnosis.label.pool-active"),
                    None if found is None else found.whole.active_peak,
                    None,
                ),
            ),
        ),
        confidence=0.9 if found is not None else 0.7,
        impact=outside / worst.client_mean,
        onset_ns=waiting[0].window.start_ns,
        whys=_whys(worst, outside),
        remedies=(message("findings.http-threads-exhausted.remedy"),),
    )


def _waits(one: RequestThreads) -> bool:
    return (
        one.outside is not None
        and one.server is not None
        and one.outside >= _WAIT_TO_SERVICE * one.server.value
    )


def _whys(worst: RequestThreads, outside: float) -> tuple[Message, ...]:
    if worst.server is None:
        return ()
    return (
        message("findings.http-threads-exhausted.why-outside", outside=seconds(outside)),
        message("findings.http-threads-exhausted.why-free", server=worst.server.quantity),
    )


PLUGIN = Rule(
    "http-threads-exhausted",
    Category.BOTTLENECK,
    (signal_need("need.tomcat-signals", UTILIZATION), sampled_need(detect)),
    detect,
)
