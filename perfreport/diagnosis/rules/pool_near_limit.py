"""The connection pool sufficed, but the next step of load would use all of it.

Symptom: none yet: nobody waited for a connection.
Why it hurts: once every connection is in use, requests queue for one and response times jump.
How detected: in the window of most throughput the share of connections in use (95th percentile of
the samples), times the next step of the test's own load, reaches the pool's size (Little's law with
an unchanged hold time). A test without steps is taken a quarter further.
False positives: load that will never grow. A pool that somebody waited for is no risk but a
symptom; connections that leak are told as such.
Reference: Little's law; HikariCP, "About Pool Sizing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, SAMPLES
from perfreport.diagnosis.rules import connection_leak
from perfreport.diagnosis.scene import Scene, sampled
from perfreport.diagnosis.views.headroom import headroom
from perfreport.diagnosis.views.pool import MAXIMUM, PENDING, pool
from perfreport.model.finding import Category, Finding, Priority, Severity
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit, per_second
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

UTILIZATION = "hikaricp.connections.utilization"


def detect(case: Case) -> Iterator[Finding]:
    """Report how much more load the pool takes."""
    scene = Scene.of(case)
    found, room = pool(scene), headroom(scene, UTILIZATION)
    if found is None or room is None or not room.ends_with_next_step or found.exhausted:
        return
    pending = scene.ask(PENDING, "peak")
    if (pending is not None and pending.value >= 1) or any(
        True for _ in connection_leak.detect(case)
    ):
        return
    size = scene.ask(MAXIMUM, "max", room.window)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.RISK,
        severity=Severity.MEDIUM,
        priority=Priority.P2,
        title=message("findings.pool-near-limit.title"),
        summary=message(
            "findings.pool-near-limit.summary",
            phase=room.window.phase.title,
            used=room.used.quantity,
            factor=room.factor,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.pool-used"), room.used, None),
                (message("diagnosis.label.pool-max"), size, None),
                (message("diagnosis.label.pool-pending"), pending, None),
                (
                    message("diagnosis.label.pool-hold"),
                    scene.ask("hikaricp.connections.usage", "mean", room.window),
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
        remedies=(message("findings.pool-near-limit.remedy"),),
    )


PLUGIN = Rule("pool-near-limit", Category.RISK, (SAMPLES, POOL), detect)
