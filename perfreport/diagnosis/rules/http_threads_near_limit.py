"""Request threads sufficed, but the next step of load would keep all of them busy.

Symptom: none yet: requests got a thread at once.
Why it hurts: once all threads are busy, requests queue in front of the server, unseen by its own
timers, and every endpoint slows down by the same wait.
How detected: in the window of most throughput the share of busy threads (95th percentile of the
samples), times the next step of the test's own load, reaches the maximum (Little's law with an
unchanged service time). A test without steps is taken a quarter further.
False positives: load that will never grow; threads that wait for something slow behind them, which
is told by its own cause.
Reference: Little's law; Tomcat, maxThreads and acceptCount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import SAMPLES, signal_need
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.diagnosis.views.headroom import headroom
from perfreport.diagnosis.views.pool import pool
from perfreport.diagnosis.views.threads import UTILIZATION, request_threads
from perfreport.model.finding import Category, Finding, Priority, Severity
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit, per_second
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case


def detect(case: Case) -> Iterator[Finding]:
    """Report how much more load the threads take."""
    scene = Scene.of(case)
    room = headroom(scene, UTILIZATION)
    if room is None or not room.ends_with_next_step:
        return
    if any(request_threads(scene, one).exhausted for one in (*scene.windows, *scene.slots)):
        return
    found = pool(scene)
    if found is not None and found.exhausted:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.RISK,
        severity=Severity.MEDIUM,
        priority=Priority.P2,
        title=message("findings.http-threads-near-limit.title"),
        summary=message(
            "findings.http-threads-near-limit.summary",
            phase=room.window.phase.title,
            used=room.used.quantity,
            factor=room.factor,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.threads-used"), room.used, None),
                (
                    message("diagnosis.label.threads-max"),
                    scene.ask("tomcat.threads.config.max", "max", room.window),
                    None,
                ),
                (
                    message("diagnosis.label.server-mean"),
                    scene.ask("http.server.mean", "mean", room.window),
                    None,
                ),
                (
                    message("diagnosis.label.served"),
                    per_second(room.throughput),
                    sampled("http_reqs", "rate", room.window),
                ),
                (
                    message("diagnosis.label.load-factor"),
                    Quantity(room.factor, Unit.NONE),
                    room.used.provenance,
                ),
            ),
        ),
        confidence=0.7,
        remedies=(message("findings.http-threads-near-limit.remedy"),),
    )


PLUGIN = Rule(
    "http-threads-near-limit",
    Category.RISK,
    (SAMPLES, signal_need("need.tomcat-signals", UTILIZATION)),
    detect,
)
