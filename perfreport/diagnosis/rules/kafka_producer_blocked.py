"""The Kafka producer can't get rid of its messages, and send() makes requests wait.

Symptom: requests that publish a message hang for max.block.ms or fail; others are well.
Why it hurts: send() blocks the request's own thread once the buffer is full, and what is not sent
before delivery.timeout.ms is lost to its sender.
How detected: in one window of steady load the buffer has less than a tenth of its room left, or
threads wait for it, and messages fail or wait; or the log holds five and more of the client's own
time-outs (expired records, no room within max.block.ms, no metadata).
False positives: a buffer that is used and emptied again makes nobody wait; failed sends with a
free buffer (a record that is too large) are not this; lag of consumers says nothing of producers.
Reference: Kafka, producer configs buffer.memory, max.block.ms, delivery.timeout.ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.producer import (
    LATENCY,
    SENT,
    SIGNALS,
    TOTAL,
    UNSENT,
    USED,
    producer_windows,
)
from perfreport.model.applog import AppLog
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.diagnosis.views.producer import ProducerWindow
    from perfreport.model.message import Message
    from perfreport.rules import Case

_NEARLY_FULL = 0.9
_SLOWER = 2.0


def detect(case: Case) -> Iterator[Finding]:
    """Report the window in which most was given up, or the buffer was fullest."""
    scene = Scene.of(case)
    windows = producer_windows(scene)
    blocked = [one for one in windows if one.blocked]
    if not blocked:
        return
    worst = max(blocked, key=lambda one: (_unsent(one) or 0.0, one.used.value if one.used else 0.0))
    refused = worst.refused.entries
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.kafka-producer-blocked.title"),
        summary=_summary(worst),
        evidence=(
            figures(
                (message("diagnosis.label.producer-used"), worst.used, None),
                (message("diagnosis.label.producer-left"), worst.left, None),
                (
                    message("diagnosis.label.producer-buffer"),
                    scene.ask(TOTAL, "max", worst.window),
                    None,
                ),
                (message("diagnosis.label.producer-waiting"), worst.waiting, None),
                (message("diagnosis.label.producer-waited"), worst.waited, None),
                (message("diagnosis.label.producer-unsent"), worst.unsent, None),
                (
                    message("diagnosis.label.producer-refused"),
                    count(len(refused)) if refused else None,
                    refused[0][1] if refused else None,
                ),
                (
                    message("diagnosis.label.producer-latency"),
                    scene.ask(LATENCY, "mean", worst.window),
                    None,
                ),
                (message("diagnosis.label.producer-sent"), scene.ask(SENT, "peak"), None),
            ),
        ),
        confidence=_confidence(worst),
        impact=_impact(scene, blocked),
        onset_ns=_onset(scene, blocked),
        whys=tuple(_whys(scene, windows, worst)),
        remedies=(message("findings.kafka-producer-blocked.remedy"),),
    )


def _unsent(one: ProducerWindow) -> float | None:
    """Messages given up: the client's counter, else the log."""
    if one.unsent is not None and one.unsent.value >= 1:
        return round(one.unsent.value)
    return len(one.refused) or None


def _summary(worst: ProducerWindow) -> Message:
    unsent, phase = _unsent(worst), worst.window.phase.title
    if worst.refused and (worst.used is None or not worst.full):
        return message(
            "findings.kafka-producer-blocked.summary-logged",
            phase=phase,
            refused=len(worst.refused),
        )
    if worst.used is None:
        return message("findings.kafka-producer-blocked.summary-held", phase=phase)
    if unsent is None:
        return message(
            "findings.kafka-producer-blocked.summary-waiting",
            phase=phase,
            used=worst.used.quantity,
        )
    return message(
        "findings.kafka-producer-blocked.summary",
        phase=phase,
        used=worst.used.quantity,
        unsent=unsent,
    )


def _confidence(worst: ProducerWindow) -> float:
    if worst.full and worst.fails:
        return 0.95
    return 0.8 if worst.full else 0.7


def _impact(scene: Scene, blocked: Sequence[ProducerWindow]) -> float:
    """Share of the failed requests that failed while producers were blocked."""
    failed = [(one, part.failed) for one in scene.windows if (part := scene.load(one)) is not None]
    total = sum(many for _, many in failed)
    if not total:
        return 0.6
    places = {one.window for one in blocked}
    return sum(many for one, many in failed if one in places) / total


def _onset(scene: Scene, blocked: Sequence[ProducerWindow]) -> int:
    """The first sign inside the blocked windows."""
    first = blocked[0]
    times = [time for time, _ in first.refused.entries[:1]]
    full = scene.onset(USED, _NEARLY_FULL)
    if full is not None:
        times.append(full)
    return min(times, default=first.window.start_ns)


def _whys(
    scene: Scene, windows: Sequence[ProducerWindow], worst: ProducerWindow
) -> Iterator[Message]:
    if worst.full and worst.left is not None:
        total = scene.ask(TOTAL, "max", worst.window)
        if total is not None:
            yield message(
                "findings.kafka-producer-blocked.why-buffer",
                left=worst.left.quantity,
                total=total.quantity,
            )
    quiet = [one for one in windows if not one.full]
    before = scene.ask(LATENCY, "mean", quiet[0].window) if quiet else None
    after = scene.ask(LATENCY, "mean", worst.window)
    sent = scene.ask(SENT, "mean", worst.window)
    if before is None or after is None:
        return
    if after.value >= _SLOWER * before.value:
        yield message(
            "findings.kafka-producer-blocked.why-broker",
            before=before.quantity,
            after=after.quantity,
        )
    elif sent is not None:
        yield message(
            "findings.kafka-producer-blocked.why-burst",
            latency=after.quantity,
            sent=sent.quantity,
        )


def _told(case: Case) -> bool:
    scene = Scene.of(case)
    return bool(case.run.of(AppLog)) or any(scene.known(signal) for signal in (*SIGNALS, UNSENT))


PLUGIN = Rule(
    "kafka-producer-blocked",
    Category.BOTTLENECK,
    (Need(message("need.producer-signals"), _told),),
    detect,
)
