"""The database server itself is the limit: it has more statements to run than it can.

Symptom: all statements get slower together as the load grows; connections are held longer.
Why it hurts: whatever is added in front (threads, connections) only waits inside the database.
How detected: in a window the host has no idle time and the database took most of it; or more
statements run at once than there are cores, they make half of the connections in use, and a
statement takes at least twice as long as in the easiest window (twice the cores where there is one
window only). Statements must be what connections are held for.
False positives: one wasteful statement that takes half of the statement time is a slow query, and
this follows from it; waiting for row locks also counts as running; the application or another
process on the same host using the cores.
Reference: Threads_running; Little's law; utilisation law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.rules import slow_query
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import busiest, worked
from perfreport.diagnosis.views.database import RUNNING, DatabaseWindow, database
from perfreport.diagnosis.views.processors import BY_PROCESS
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.finding import KeyValues
    from perfreport.model.message import Message
    from perfreport.model.statement import StatementFigures
    from perfreport.rules import Case

_LOCKED = 0.4
_SLOWER = 2.0
_OF_HELD = 0.5
_OF_REQUESTS = 0.25
_DOMINATES = 0.5
_MOST_OF_THE_TIME = 0.8


def detect(case: Case) -> Iterator[Finding]:
    """Report the window in which the database had most to do at once."""
    scene = Scene.of(case)
    windows = [database(scene, one) for one in scene.windows]
    full = [one for one in windows if _is_full(one, windows) and _holds_requests(one)]
    if not full or _one_statement_explains(case):
        return
    worst = max(full, key=lambda one: (one.busy or 0.0, one.processors.database or 0.0))
    heavy = busiest(scene)
    part = _of_held(scene, worst)
    if part < _OF_HELD:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.database-saturated.title"),
        summary=_summary(worst),
        evidence=(_figures(worst, windows, heavy, part),),
        confidence=0.9 if worst.owns_the_processor and worst.queues else 0.8,
        impact=part,
        onset_ns=full[0].window.start_ns,
        subject=heavy[0].fingerprint,
        whys=_whys(worst, windows, heavy),
        remedies=(message("findings.database-saturated.remedy"),),
    )


def _is_full(one: DatabaseWindow, windows: Sequence[DatabaseWindow]) -> bool:
    if (one.spent.lock_share or 0.0) >= _LOCKED:
        return False
    if one.owns_the_processor:
        return True
    if not one.queues or one.busy is None or not one.cores:
        return False
    easiest = _easiest(windows)
    if easiest is None or easiest is one:
        return len(windows) == 1 and one.busy >= _SLOWER * one.cores
    return (one.statement_time or 0.0) >= _SLOWER * (easiest.statement_time or 0.0)


def _easiest(windows: Sequence[DatabaseWindow]) -> DatabaseWindow | None:
    known = [one for one in windows if one.statement_time is not None]
    return min(known, key=lambda one: one.statement_time or 0.0, default=None)


def _holds_requests(one: DatabaseWindow) -> bool:
    """Whether what is spent around connections is a good part of the request time."""
    if not one.spent.request or one.spent.held is None:
        return True
    return one.spent.held.value + (one.spent.waited or 0.0) >= _OF_REQUESTS * one.spent.request


def _of_held(scene: Scene, worst: DatabaseWindow) -> float:
    """Part of the held time in which statements ran."""
    held = worst.spent.held
    if held is not None and held.value > 0 and worst.busy is not None:
        return min(1.0, worst.busy / held.value)
    whole = scene.value("hikaricp.connections.demand", "mean")
    running = sum(worked(one) for one in busiest(scene)) / scene.whole.seconds
    return min(1.0, running / whole) if whole else _OF_HELD


def _one_statement_explains(case: Case) -> bool:
    """One wasteful statement that the rule for it keeps quiet about: not ours to name."""
    heavy = busiest(Scene.of(case))
    total = sum(worked(one) for one in heavy)
    if not total or worked(heavy[0]) < _DOMINATES * total or not slow_query.is_wasteful(heavy[0]):
        return False
    return not any(True for _ in slow_query.detect(case))


def _summary(worst: DatabaseWindow) -> Message:
    phase = worst.window.title
    own, host = worst.processors.database, worst.processors.host
    if worst.owns_the_processor and own is not None and host is not None:
        return message(
            "findings.database-saturated.summary-cpu",
            phase=phase,
            host=host.quantity,
            database=share(own),
        )
    return message(
        "findings.database-saturated.summary-queue",
        phase=phase,
        running=round(worst.busy or 0.0, 1),
        cores=worst.cores or 0.0,
    )


def _figures(
    worst: DatabaseWindow,
    windows: Sequence[DatabaseWindow],
    heavy: Sequence[StatementFigures],
    part: float,
) -> KeyValues:
    easiest = _easiest(windows)
    place = None if worst.running is None else worst.running.provenance
    return figures(
        (message("diagnosis.label.threads-running"), worst.running, None),
        (message("diagnosis.label.cores"), None if not worst.cores else count(worst.cores), None),
        (message("diagnosis.label.host-cpu"), worst.processors.host, None),
        (
            message("diagnosis.label.database-cpu"),
            None if worst.processors.database is None else share(worst.processors.database),
            None if worst.processors.host is None else worst.processors.host.provenance,
        ),
        (
            message("diagnosis.label.application-cpu"),
            None if worst.processors.application is None else share(worst.processors.application),
            None if worst.processors.host is None else worst.processors.host.provenance,
        ),
        (message("diagnosis.label.io-wait"), worst.io_wait, None),
        (
            message("diagnosis.label.statement-time"),
            None if worst.statement_time is None else seconds(worst.statement_time),
            place,
        ),
        (
            message("diagnosis.label.statement-time-easy"),
            None
            if easiest is None or easiest is worst or easiest.statement_time is None
            else seconds(easiest.statement_time),
            None if easiest is None or easiest.running is None else easiest.running.provenance,
        ),
        (message("diagnosis.label.connections-in-use"), worst.spent.held, None),
        (message("diagnosis.label.running-share-of-held"), share(part), place),
        (
            message("diagnosis.label.lock-share"),
            None if worst.spent.lock_share is None else share(worst.spent.lock_share),
            None if worst.spent.lock is None else worst.spent.lock.provenance,
        ),
        (message("diagnosis.label.heavy-statements"), _breadth(heavy), heavy[0].provenance),
        (
            message("diagnosis.label.heaviest-share"),
            share(worked(heavy[0]) / sum(worked(one) for one in heavy)),
            heavy[0].provenance,
        ),
    )


def _breadth(heavy: Sequence[StatementFigures]) -> int:
    """How many statements make up most of the statement time."""
    total, running = sum(worked(one) for one in heavy), 0.0
    for place, one in enumerate(heavy, start=1):
        running += worked(one)
        if running >= _MOST_OF_THE_TIME * total:
            return place
    return len(heavy)


def _whys(
    worst: DatabaseWindow, windows: Sequence[DatabaseWindow], heavy: Sequence[StatementFigures]
) -> tuple[Message, ...]:
    answers = []
    easiest = _easiest(windows)
    if (
        easiest is not None
        and easiest is not worst
        and easiest.statement_time
        and worst.statement_time
    ):
        answers.append(
            message(
                "findings.database-saturated.why-slower",
                before=seconds(easiest.statement_time),
                after=seconds(worst.statement_time),
            )
        )
    own = worst.processors.database
    if worst.owns_the_processor and own is not None:
        answers.append(message("findings.database-saturated.why-cpu", database=share(own)))
    heaviest = worked(heavy[0]) / sum(worked(one) for one in heavy)
    answers.append(
        message("findings.database-saturated.why-one", heaviest=share(heaviest))
        if heaviest >= _DOMINATES
        else message(
            "findings.database-saturated.why-many",
            statements=_breadth(heavy),
            heaviest=share(heaviest),
        )
    )
    return tuple(answers)


PLUGIN = Rule(
    "database-saturated",
    Category.BOTTLENECK,
    (slow_query.STATEMENTS, signal_need("need.database-load", RUNNING, BY_PROCESS)),
    detect,
)
