"""How consumers work off one record: how long it takes, and what the time goes into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.connection_time import busiest, worked
from perfreport.diagnosis.views.today import count_today, setting_today

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.diagnosis.views.broker import Consumers
    from perfreport.model.statement import StatementFigures

PARTITIONS = "kafka.partitions"
CONCURRENCY = "kafka.consumer.concurrency"
LISTENER = "kafka.listener.type"
# A statement is what a record waits for where it takes most of its time, and hardly more.
_LEAST_SHARE, _MOST_SHARE = 0.4, 1.1


@dataclass(frozen=True, slots=True)
class RecordTime:
    """Seconds one consumer spends on a record, while it never runs out of records.

    `threads` consumers work at once, and threads ÷ `each` is the rate (Little's law). `statement`
    takes most of the time, where one does. `singly` is whether the listener takes records one by
    one; None where no configuration tells.
    """

    threads: int
    each: float
    statement: StatementFigures | None
    singly: bool | None


def record_time(scene: Scene, found: Consumers) -> RecordTime | None:
    """Look at a single record; None where the number of consumers is not known."""
    partitions, threads = count_today(scene, PARTITIONS), count_today(scene, CONCURRENCY)
    if not partitions or not threads or found.consumed is None or found.consumed.value <= 0:
        return None
    working = min(partitions, threads)
    each = working / found.consumed.value
    handled = found.consumed.value * found.worst.seconds
    statement = next(
        (
            one
            for one in busiest(scene)
            if one.count >= handled / 2
            and _LEAST_SHARE * each <= worked(one) / one.count <= _MOST_SHARE * each
        ),
        None,
    )
    listener = setting_today(scene, LISTENER)
    return RecordTime(working, each, statement, None if listener is None else listener == "single")
