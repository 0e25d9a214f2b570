"""The collector stops the application for a large part of the time.

Symptom: all endpoints slow together; pauses, full collections, a heap that stays full after them.
Why it hurts: every request that meets a pause waits for it, whatever it does.
How detected: share of the load spent in stop-the-world pauses, from the GC log or the pause timer:
a tenth of a window, or a twentieth with repeated full collections. A concurrent collector hardly
pauses, but makes threads wait for memory: allocation stalls that take a tenth of a window count as
much. Onset and share come from the log's own clock; a log that covers less than half of a window
tells nothing of it.
False positives: a few long pauses at start-up; concurrent work of ZGC or Shenandoah is no pause.
Reference: JDK, -XX:GCTimeRatio; unified logging of GC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.jvm import GcLog
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import count, seconds, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Figure, Window
    from perfreport.model.measurement import Integers
    from perfreport.model.message import Message
    from perfreport.rules import Case

SHARE = "jvm.gc.share"
_HEAVY = 0.10
_WITH_FULL = 0.05
_MANY_FULL = 3
_COVERED = 0.5


def detect(case: Case) -> Iterator[Finding]:
    """Report the window with most pause time."""
    scene = Scene.of(case)
    shares = [
        (one, figure)
        for one in (*scene.windows, *scene.slots)
        if (figure := _share(scene, one)) is not None
    ]
    if not shares:
        return
    logged = _logged(case, scene)
    full, pauses, longest = logged.full, logged.pauses, logged.longest
    floor = _WITH_FULL if full >= _MANY_FULL else _HEAVY
    heavy = [(one, figure) for one, figure in shares if figure.value >= floor]
    whole = _share(scene, scene.whole)
    if not heavy or whole is None or whole.value < floor / 2:
        yield from _stalled(case, scene)
        return
    # A whole phase goes first: the share of a few seconds is only told where no phase is heavy.
    phases = [entry for entry in heavy if entry[0] in scene.windows]
    worst, most = max(phases or heavy, key=lambda entry: entry[1].value)
    heap = scene.ask("jvm.memory.heap.after.gc", "mean", worst)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.gc-pressure.title"),
        summary=message(
            "findings.gc-pressure.summary",
            phase=worst.title,
            share=share(most.value),
            full=full,
        )
        if full
        else message(
            "findings.gc-pressure.summary-young", phase=worst.title, share=share(most.value)
        ),
        evidence=(
            figures(
                (message("diagnosis.label.gc-share"), most, None),
                (
                    message("diagnosis.label.gc-pauses"),
                    count(pauses) if pauses else None,
                    logged.first,
                ),
                (
                    message("diagnosis.label.gc-full"),
                    count(full) if full else None,
                    logged.first_full,
                ),
                (
                    message("diagnosis.label.gc-longest"),
                    seconds(longest) if longest else None,
                    logged.at_longest,
                ),
                (message("diagnosis.label.heap-after-gc"), heap, None),
            ),
        ),
        confidence=0.95 if full >= _MANY_FULL else 0.85,
        impact=min(1.0, most.value * 3),
        onset_ns=_onset(scene, [one for one, _ in heavy]),
        whys=_whys(most, heap, full),
        remedies=(message("findings.gc-pressure.remedy"),),
    )


def _stalled(case: Case, scene: Scene) -> Iterator[Finding]:
    """Report the window in which threads waited longest for memory."""
    for log in case.run.of(GcLog):
        if not log.source.clock.correlated:
            continue
        waits = _AllocationStalls.of(log, scene.whole)
        shares = [(one, waits.share(one)) for one in (*scene.windows, *scene.slots)]
        heavy = [(one, part) for one, part in shares if part >= _HEAVY]
        if not heavy:
            continue
        phases = [entry for entry in heavy if entry[0] in scene.windows]
        worst, most = max(phases or heavy, key=lambda entry: entry[1])
        longest = int(np.argmax(waits.until_ns - waits.begin_ns))
        path, lines = log.source.path, waits.line
        yield Finding(
            rule=PLUGIN.id,
            category=Category.BOTTLENECK,
            severity=Severity.HIGH,
            title=message("findings.gc-pressure.title"),
            summary=message(
                "findings.gc-pressure.summary-stalls",
                phase=worst.title,
                share=share(most),
                stalls=len(lines),
            ),
            evidence=(
                figures(
                    (
                        message("diagnosis.label.stall-share"),
                        share(most),
                        Provenance(path, line=int(lines[0]), last_line=int(lines[-1])),
                    ),
                    (message("diagnosis.label.stalls"), count(len(lines)), None),
                    (
                        message("diagnosis.label.stall-longest"),
                        seconds(float(waits.until_ns[longest] - waits.begin_ns[longest]) / 1e9),
                        Provenance(path, line=int(lines[longest])),
                    ),
                    (
                        message("diagnosis.label.heap-after-gc"),
                        scene.ask("jvm.memory.heap.after.gc", "mean", worst),
                        None,
                    ),
                ),
            ),
            confidence=0.9,
            impact=min(1.0, most * 3),
            onset_ns=_onset(scene, [one for one, _ in heavy]),
            whys=(message("findings.gc-pressure.why-stalls"),),
            remedies=(message("findings.gc-pressure.remedy"),),
        )
        return


@dataclass(frozen=True, eq=False)
class _AllocationStalls:
    """Stalls inside the load, in the order in which they began."""

    begin_ns: Integers
    until_ns: Integers
    line: Integers

    @classmethod
    def of(cls, log: GcLog, window: Window) -> _AllocationStalls:
        """Those of a log; relocation stalls are the collector's own business."""
        stalls = log.stalls
        begin = stalls.start_ns
        until = begin + (stalls.seconds * 1e9).astype(np.int64)
        kept = np.flatnonzero(
            ~stalls.relocation & (begin >= window.start_ns) & (begin < window.end_ns)
        )
        kept = kept[np.argsort(begin[kept], kind="stable")]
        return cls(begin[kept], until[kept], stalls.line[kept])

    def share(self, window: Window) -> float:
        """Part of a window in which at least one thread waited."""
        if not len(self.line):
            return 0.0
        begin = np.clip(self.begin_ns, window.start_ns, window.end_ns)
        reach = np.maximum.accumulate(np.clip(self.until_ns, window.start_ns, window.end_ns))
        before = np.concatenate([begin[:1], reach[:-1]])
        waited = np.clip(reach - np.maximum(begin, before), 0, None)
        return float(waited.sum()) / (window.end_ns - window.start_ns)


def _onset(scene: Scene, heavy: list[Window]) -> int:
    """Start of the first heavy stretch: of a whole phase only where nothing finer is heavy."""
    finer = [one for one in heavy if one in scene.slots]
    return min(one.start_ns for one in finer or heavy)


@dataclass(frozen=True, slots=True)
class _Logged:
    """Pauses inside the load, and the lines of the log they were read from."""

    full: int = 0
    pauses: int = 0
    longest: float = 0.0
    first: Provenance | None = None
    first_full: Provenance | None = None
    at_longest: Provenance | None = None


def _logged(case: Case, scene: Scene) -> _Logged:
    """Pauses inside the load, from the first log on its clock that has any."""
    window = scene.whole
    for log in case.run.of(GcLog):
        if not log.source.clock.correlated:
            continue
        pauses = log.pauses
        inside = (pauses.start_ns >= window.start_ns) & (pauses.start_ns < window.end_ns)
        if not inside.any():
            continue
        lines, full = pauses.line[inside], pauses.full[inside]
        lengths = pauses.seconds[inside]

        def place(at: int, path: str = log.source.path, lines: Integers = lines) -> Provenance:
            return Provenance(path, line=int(lines[at]))

        return _Logged(
            full=int(full.sum()),
            pauses=len(lines),
            longest=float(lengths.max()),
            first=place(0),
            first_full=place(int(np.argmax(full))) if full.any() else None,
            at_longest=place(int(np.argmax(lengths))),
        )
    return _Logged()


def _whys(most: Figure, heap: Figure | None, full: int) -> tuple[Message, ...]:
    answers = [message("findings.gc-pressure.why-share", share=share(most.value))]
    if full:
        answers.append(message("findings.gc-pressure.why-full", full=full))
    if heap is not None:
        answers.append(message("findings.gc-pressure.why-heap", heap=heap.quantity))
    return tuple(answers)


def collecting(scene: Scene, window: Window) -> bool:
    """Whether pauses take enough of a window to explain what is slow in it."""
    paused = _share(scene, window)
    return paused is not None and paused.value >= _HEAVY


def _share(scene: Scene, window: Window) -> Figure | None:
    """Share of a window spent in pauses; None where logs tell of a small part of it only."""
    logs = [log for log in scene.case.run.of(GcLog) if log.source.clock.correlated]
    covered = sum(
        max(0, min(log.end_ns, window.end_ns) - max(log.start_ns, window.start_ns)) for log in logs
    )
    if logs and covered < _COVERED * (window.end_ns - window.start_ns):
        return None
    return scene.ask(SHARE, "mean", window)


def _log_meets_load(case: Case) -> bool:
    """Whether a GC log lies on the load; one that lies wholly elsewhere contradicts any pause."""
    window = Scene.of(case).whole
    logs = [log for log in case.run.of(GcLog) if log.source.clock.correlated]
    return not logs or any(
        log.start_ns < window.end_ns and log.end_ns > window.start_ns for log in logs
    )


PLUGIN = Rule(
    "gc-pressure",
    Category.BOTTLENECK,
    (
        signal_need("need.gc-signals", SHARE),
        Need(message("need.gc-log-of-the-load"), _log_meets_load),
    ),
    detect,
)
