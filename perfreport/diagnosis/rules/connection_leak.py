"""Connections are taken from the pool and never given back.

Symptom: connections in use climb step by step under a steady load and do not fall again.
Why it hurts: once all are gone every request waits for the connection timeout and fails.
How detected: Little's law broken: far more connections are in use than returns per second times
hold time account for, because a connection that never comes back never reports its hold time.
It must last to the end of the load. Leak warnings name the place in the code.
False positives: transactions longer than a window look alike until they end; leak detection also
warns of connections that come back late, which is told apart by the "returned" line.
Reference: HikariCP, leakDetectionThreshold; Little's law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, sampled_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import DEMAND
from perfreport.diagnosis.views.pool import ACTIVE, pool
from perfreport.model.applog import AppLog
from perfreport.model.finding import Category, Excerpt, Finding, Severity
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import count
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Window
    from perfreport.model.applog import LeakWarning
    from perfreport.model.message import Message
    from perfreport.rules import Case

_SHARE_OF_POOL = 0.3
_FEWEST = 1.0
_LASTING_SLOTS = 2


def detect(case: Case) -> Iterator[Finding]:
    """Report what is missing at the end of the load, and since when."""
    scene = Scene.of(case)
    found = pool(scene)
    if found is None or found.whole.size is None:
        return
    floor = max(_FEWEST, _SHARE_OF_POOL * found.whole.size.value)
    lost = [
        (one, missing) for one in scene.slots if (missing := _unaccounted(scene, one)) is not None
    ]
    lasting = _lasting(lost, floor)
    if len(lasting) < _LASTING_SLOTS:
        return
    last, missing = lasting[-1]
    active = scene.ask(ACTIVE, "mean", last)
    demand = scene.ask(DEMAND, "mean", last)
    warnings = _warnings(case)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.connection-leak.title"),
        summary=message(
            "findings.connection-leak.summary",
            missing=round(missing),
            size=found.whole.size.value,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.connections-in-use"), active, None),
                (message("diagnosis.label.connections-accounted"), demand, None),
                (
                    message("diagnosis.label.connections-missing"),
                    count(missing),
                    None if active is None else active.provenance,
                ),
                (message("diagnosis.label.pool-hold"), found.whole.hold, None),
                (
                    message("diagnosis.label.leak-warnings"),
                    count(len(warnings)) if warnings else None,
                    warnings[0][1] if warnings else None,
                ),
            ),
            *_excerpts(warnings),
        ),
        confidence=0.95 if warnings else 0.8,
        impact=min(1.0, missing / found.whole.size.value),
        onset_ns=lasting[0][0].start_ns,
        whys=_whys(missing, found.whole.size.value, warnings),
        remedies=(message("findings.connection-leak.remedy"),),
    )


def _unaccounted(scene: Scene, slot: Window) -> float | None:
    """Connections in use beyond what returned ones account for; None where a side is unknown."""
    active, demand = scene.value(ACTIVE, "mean", slot), scene.value(DEMAND, "mean", slot)
    return None if active is None or demand is None else active - demand


def _lasting(lost: list[tuple[Window, float]], floor: float) -> list[tuple[Window, float]]:
    """The slots from which it stays above the floor until the end."""
    lasting: list[tuple[Window, float]] = []
    for slot, missing in reversed(lost):
        if missing < floor:
            break
        lasting.insert(0, (slot, missing))
    return lasting


def _warnings(case: Case) -> list[tuple[LeakWarning, Provenance]]:
    return [
        (warning, Provenance(log.source.path, line=warning.line))
        for log in case.run.of(AppLog)
        for warning in log.leaks
        if not warning.returned
    ]


def _excerpts(warnings: list[tuple[LeakWarning, Provenance]]) -> tuple[Excerpt, ...]:
    return tuple(
        Excerpt(message("diagnosis.label.leak-stack"), "log", warning.frames, place)
        for warning, place in warnings[:1]
        if warning.frames
    )


def _whys(
    missing: float, size: float, warnings: list[tuple[LeakWarning, Provenance]]
) -> tuple[Message, ...]:
    answers = [message("findings.connection-leak.why-missing", missing=round(missing), size=size)]
    frames = [warning.frames[0] for warning, _ in warnings if warning.frames]
    if frames:
        most = max(set(frames), key=lambda frame: (frames.count(frame), frame))
        answers.append(
            message("findings.connection-leak.why-place", frame=most, times=frames.count(most))
        )
    return tuple(answers)


PLUGIN = Rule("connection-leak", Category.BOTTLENECK, (POOL, sampled_need(detect)), detect)
