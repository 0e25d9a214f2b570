"""All connections of a pool are in use while requests wait for one.

Symptom: `active` at the maximum, `pending` above zero, connection timeouts.
Why it hurts: every request that needs the database waits for a connection first; past the
connection timeout it fails.
How detected: connections all in use in at least a fifth of a window's samples while requests
wait at least a tenth of the time connections are held, or any connection timeout.
False positives: a pool that is full for a moment while nobody waits long. Exhaustion is never a
cause by itself: undersized, slow query, row lock, remote call, leak and GC all look like this.
Reference: HikariCP, "About Pool Sizing"; Little's law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.pool import PENDING, pool
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Window
    from perfreport.rules import Case


def detect(case: Case) -> Iterator[Finding]:
    """Report the window in which most requests waited."""
    scene = Scene.of(case)
    found = pool(scene)
    worst = found.worst if found is not None else None
    if found is None or worst is None or worst.active_peak is None or worst.size is None:
        return
    first = found.exhausted[0]
    pending = worst.pending_peak.value if worst.pending_peak else 0.0
    timeouts = found.whole.timeouts
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.pool-exhausted.title"),
        summary=message(
            "findings.pool-exhausted.summary",
            phase=worst.window.title,
            active=worst.active_peak.value,
            size=worst.size.value,
            pending=pending,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.pool-active"), worst.active_peak, None),
                (message("diagnosis.label.pool-max"), worst.size, None),
                (message("diagnosis.label.pool-pending"), worst.pending_peak, None),
                (message("diagnosis.label.pool-timeouts"), timeouts, None),
                (message("diagnosis.label.pool-acquire"), worst.acquire, None),
                (message("diagnosis.label.pool-hold"), worst.hold, None),
                (
                    message("diagnosis.label.pool-full-share"),
                    None if worst.full_share is None else share(worst.full_share),
                    worst.active_peak.provenance,
                ),
            ),
        ),
        onset_ns=_onset(scene, first.window),
    )


def _onset(scene: Scene, window: Window) -> int:
    """When a request first waited in an exhausted window."""
    pending = scene.series(PENDING)
    if pending is None:
        return window.start_ns
    inside = (pending.times_ns >= window.start_ns) & (pending.times_ns < window.end_ns)
    waited = pending.times_ns[inside & (pending.values > 0)]
    return int(waited[0]) if len(waited) else window.start_ns


PLUGIN = Rule("pool-exhausted", Category.BOTTLENECK, (POOL,), detect)
