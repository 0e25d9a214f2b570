"""Transactions wait for each other's row locks.

Symptom: row-lock wait time grows by about a second per second or more; connections are held
longer the more users there are; throughput stays at one over the time the lock is held.
Why it hurts: transactions on the same row run one after another, whatever the size of the pool.
How detected: lock-wait seconds per second against connections in use (both from counters); waits
sampled on one table and index say where. At least two fifths of the held time must be waiting.
False positives: MariaDB writes row-lock waits into neither its slow log's Lock_time nor the
digest's SUM_LOCK_TIME, so a small lock time there is no evidence against this.
Reference: Innodb_row_lock_time, performance_schema.data_lock_waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import LOCK_TIME, busiest, connection_time
from perfreport.measure.sql import hotspots
from perfreport.model.finding import Category, Command, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.diagnosis.scene import Window
    from perfreport.model.message import Message
    from perfreport.model.statement import LockHotspot
    from perfreport.rules import Case

_WAITING = 0.5  # transactions that wait at any moment, on average
_SHARE = 0.4


def detect(case: Case) -> Iterator[Finding]:
    """Report the window with most waiting, and where the waits were seen."""
    scene = Scene.of(case)
    windows = [(one, connection_time(scene, one)) for one in (*scene.windows, *scene.slots)]
    waited = [
        (one, spent)
        for one, spent in windows
        if spent.lock is not None and spent.lock.value >= _WAITING
    ]
    if not waited:
        return
    phases = [entry for entry in waited if entry[0] in scene.windows]
    worst, spent = max(
        phases or waited, key=lambda entry: entry[1].lock.value if entry[1].lock else 0.0
    )
    held = spent.lock_share
    if spent.lock is None or (held is not None and held < _SHARE):
        return
    place = _hottest(case)
    queue = _queue(place, spent.lock.value)
    statement = _waiting_statement(case, place)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.row-lock-contention.title"),
        summary=message(
            "findings.row-lock-contention.summary",
            phase=worst.title,
            waiting=spent.lock.value,
            share=share(held if held is not None else 1.0),
        ),
        evidence=(
            figures(
                (
                    message("diagnosis.label.lock-waiting"),
                    count(spent.lock.value),
                    spent.lock.provenance,
                ),
                (message("diagnosis.label.connections-in-use"), spent.held, None),
                (
                    message("diagnosis.label.lock-share"),
                    None if held is None else share(held),
                    spent.lock.provenance,
                ),
                (
                    message("diagnosis.label.lock-place"),
                    None if place is None else place.table,
                    None if place is None else place.provenance,
                ),
                (
                    message("diagnosis.label.lock-waiters"),
                    None if queue is None else count(queue),
                    None if place is None else place.provenance,
                ),
                (message("diagnosis.label.statement"), statement, None),
            ),
        ),
        confidence=0.95 if place is not None else 0.85,
        impact=held if held is not None else 0.5,
        onset_ns=_onset(scene, waited),
        subject=place.table if place is not None else None,
        whys=_whys(spent.lock.value, held, place, queue, statement),
        remedies=(message("findings.row-lock-contention.remedy"),),
        checks=(
            Command(
                message("findings.row-lock-contention.check"),
                "sql",
                "SELECT * FROM performance_schema.data_lock_waits;\n"
                "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock%';",
            ),
        ),
    )


def _onset(scene: Scene, waited: Sequence[tuple[Window, object]]) -> int:
    first = min(one.start_ns for one, _ in waited)
    return scene.onset(LOCK_TIME, _WAITING) or first


def _hottest(case: Case) -> LockHotspot | None:
    seen = [one for one in hotspots(case.run, case.phases) if one.busy_samples]
    return max(seen, key=lambda one: one.waiters_mean, default=None)


def _queue(place: LockHotspot | None, waiting: float) -> int | None:
    """Most waiters in one sample; a list shorter than the mean was cut and tells no maximum."""
    return None if place is None or place.waiters_max < waiting else place.waiters_max


def _waiting_statement(case: Case, place: LockHotspot | None) -> str | None:
    if place is not None and place.waiting_statements:
        return place.waiting_statements[0][0]
    heavy = [one for one in busiest(Scene.of(case)) if one.locking]
    return heavy[0].fingerprint if heavy else None


def _whys(
    waiting: float,
    held: float | None,
    place: LockHotspot | None,
    queue: int | None,
    statement: str | None,
) -> tuple[Message, ...]:
    answers = []
    if held is not None:
        answers.append(message("findings.row-lock-contention.why-held", share=share(held)))
    if statement is not None:
        answers.append(
            message(
                "findings.row-lock-contention.why-statement", statement=statement, waiting=waiting
            )
        )
    if place is not None and place.table is not None:
        answers.append(
            message("findings.row-lock-contention.why-table", table=place.table)
            if queue is None
            else message("findings.row-lock-contention.why-row", table=place.table, waiters=queue)
        )
    return tuple(answers)


PLUGIN = Rule(
    "row-lock-contention",
    Category.BOTTLENECK,
    (signal_need("need.row-lock-signals", LOCK_TIME),),
    detect,
)
