"""The application uses up the processors.

Symptom: the host has no idle time left, the run queue is longer than the cores, everything slows.
Why it hurts: requests wait for a core wherever they are.
How detected: host at 90 % or more in a window and the application with at least half of that,
while pauses of the collector explain little of it. Thread dumps name the method most
running threads were in.
False positives: another process (the database, the load generator on the same host) using the
cores; a peak during start-up.
Reference: Utilisation law; vmstat, pidstat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.rules.gc_pressure import collecting
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.processors import HOST, processors
from perfreport.diagnosis.views.running_code import running_code
from perfreport.model.finding import Category, Excerpt, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

_MAJORITY = 0.5


def detect(case: Case) -> Iterator[Finding]:
    """Report the window with least idle time, if the application took it."""
    scene = Scene.of(case)
    full = [
        one
        for window in scene.windows
        if (one := processors(scene, window)).saturated
        and one.host is not None
        and one.application is not None
        and one.application >= _MAJORITY * one.host.value
        and not collecting(scene, window)
    ]
    if not full:
        return
    worst = max(full, key=lambda one: one.host.value if one.host else 0.0)
    if worst.host is None or worst.application is None:
        return
    code = running_code(case)
    whys = [
        message(
            "findings.cpu-saturated.why",
            host=worst.host.quantity,
            application=share(worst.application),
        )
    ]
    stacks: tuple[Excerpt, ...] = ()
    if code is not None:
        title = message("diagnosis.label.thread-stack")
        stacks = (Excerpt(title, "log", code.frames, code.provenance),)
        whys.append(
            message(
                "findings.cpu-saturated.why-code",
                method=code.method,
                threads=code.threads,
                running=code.running,
            )
        )
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.cpu-saturated.title"),
        summary=message(
            "findings.cpu-saturated.summary",
            phase=worst.window.title,
            host=worst.host.quantity,
            application=share(worst.application),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.host-cpu"), worst.host, None),
                (
                    message("diagnosis.label.application-cpu"),
                    share(worst.application),
                    worst.host.provenance,
                ),
                (
                    message("diagnosis.label.database-cpu"),
                    None if worst.database is None else share(worst.database),
                    worst.host.provenance,
                ),
                (message("diagnosis.label.run-queue"), worst.run_queue, None),
            ),
            *stacks,
        ),
        confidence=0.9,
        impact=min(1.0, worst.application / worst.host.value),
        onset_ns=full[0].window.start_ns,
        subject=None if code is None else code.method,
        whys=tuple(whys),
        remedies=(message("findings.cpu-saturated.remedy"),),
    )


PLUGIN = Rule(
    "cpu-saturated", Category.BOTTLENECK, (signal_need("need.cpu-signals", HOST),), detect
)
