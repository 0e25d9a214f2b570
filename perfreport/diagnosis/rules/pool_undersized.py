"""The pool has fewer connections than short transactions on an idle database need.

Symptom: the pool is exhausted although connections are held for a short, steady time.
Why it hurts: throughput ends at size / hold time while every other resource has room.
How detected: the pool is exhausted, throughput through it agrees with size / hold time (Little's
law), and nothing else explains the held time: hold time grows by less than a half from the
easiest window to the worst; row locks, statements, repeated lookups and inserts, downstream calls
and pauses take less than half of it, and neither the host nor the collector is busy.
False positives: all other causes of exhaustion; each one refutes this.
Reference: HikariCP, "About Pool Sizing"; Little's law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, sampled_need
from perfreport.diagnosis.rules import (
    connection_leak,
    n_plus_one,
    remote_call_in_transaction,
    single_row_inserts,
)
from perfreport.diagnosis.rules.gc_pressure import collecting
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import (
    HOLD,
    busiest,
    connection_time,
    counts_all,
    worked,
)
from perfreport.diagnosis.views.pool import pool
from perfreport.diagnosis.views.processors import processors
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import per_second, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.pool import Pool, PoolWindow
    from perfreport.model.message import Message
    from perfreport.rules import Case

_GROWTH = 1.5
_EXPLAINED = 0.5
_LITTLE = 0.25
# Statements for each connection taken; a few, with the transaction's own around them, are usual.
_MANY = 8.0


def detect(case: Case) -> Iterator[Finding]:
    """Report the limit the pool sets, if nothing else explains the exhaustion."""
    scene = Scene.of(case)
    found = pool(scene)
    worst = _worst(found)
    if found is None or worst is None or worst.hold is None or worst.size is None:
        return
    if worst.limit is None or worst.rate is None or _otherwise_explained(case, found, worst):
        return
    agreement = worst.rate.value / worst.limit
    if abs(agreement - 1) > _LITTLE:
        return
    statements = sum(worked(one) for one in busiest(scene)) / scene.whole.seconds
    held = connection_time(scene, scene.whole).held
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.pool-undersized.title"),
        summary=message(
            "findings.pool-undersized.summary",
            size=worst.size.value,
            hold=worst.hold.quantity,
            limit=per_second(worst.limit),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.pool-max"), worst.size, None),
                (message("diagnosis.label.pool-hold"), worst.hold, None),
                (message("diagnosis.label.pool-limit"), per_second(worst.limit), None),
                (message("diagnosis.label.pool-rate"), worst.rate, None),
                (message("diagnosis.label.pool-pending"), worst.pending_peak, None),
                (
                    message("diagnosis.label.statement-share-of-held"),
                    share(min(1.0, statements / held.value))
                    if held is not None and held.value > 0 and busiest(scene)
                    else None,
                    None,
                ),
                (
                    message("diagnosis.label.host-cpu"),
                    processors(scene, worst.window).host,
                    None,
                ),
            ),
        ),
        confidence=0.9 if counts_all(scene) else 0.6,
        impact=worst.full_share if worst.full_share is not None else 0.8,
        onset_ns=found.exhausted[0].window.start_ns,
        whys=_whys(worst),
        remedies=(message("findings.pool-undersized.remedy"),),
    )


def _worst(found: Pool | None) -> PoolWindow | None:
    """The exhausted window with most waiting that tells how many connections came back."""
    told = [] if found is None else [one for one in found.exhausted if one.limit and one.rate]
    return max(
        told, key=lambda one: one.pending_peak.value if one.pending_peak else 0.0, default=None
    )


def _otherwise_explained(case: Case, found: Pool, worst: PoolWindow) -> bool:
    scene = Scene.of(case)
    if any(True for _ in connection_leak.detect(case)):
        return True
    if any(True for _ in remote_call_in_transaction.detect(case)):
        return True
    if any(one.category is Category.BOTTLENECK for one in n_plus_one.detect(case)):
        return True
    if any(True for _ in single_row_inserts.detect(case)):
        return True
    if not counts_all(scene) and _may_repeat(scene):
        return True
    easy = found.easy or found.windows[0]
    if (
        easy.hold is not None
        and worst.hold is not None
        and worst.hold.value > _GROWTH * easy.hold.value
    ):
        return True
    spent = connection_time(scene, worst.window)
    if (spent.lock_share or 0.0) >= _EXPLAINED:
        return True
    whole = connection_time(scene, scene.whole)
    statements = sum(worked(one) for one in busiest(scene)) / scene.whole.seconds
    if whole.held is not None and statements >= _EXPLAINED * whole.held.value:
        return True
    if processors(scene, worst.window).saturated:
        return True
    return collecting(scene, worst.window)


def _may_repeat(scene: Scene) -> bool:
    """Whether so many statements run on each connection that a loop can't be ruled out."""
    asked, taken = scene.value("mysql.questions", "rate"), scene.value(HOLD, "rate")
    return bool(asked and taken) and (asked or 0.0) >= _MANY * (taken or 1.0)


def _whys(worst: PoolWindow) -> tuple[Message, ...]:
    if worst.size is None or worst.hold is None or worst.limit is None:
        return ()
    return (
        message(
            "findings.pool-undersized.why-limit",
            size=worst.size.value,
            hold=worst.hold.quantity,
            limit=per_second(worst.limit),
        ),
        message("findings.pool-undersized.why-idle"),
    )


PLUGIN = Rule("pool-undersized", Category.BOTTLENECK, (POOL, sampled_need(detect)), detect)
