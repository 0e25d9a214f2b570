"""The server's error log: the deadlocks that `innodb_print_all_deadlocks` writes into it.

MariaDB writes the server's own time without a zone, MySQL UTC or an offset. Other lines are the
server's own business and are not reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.database import Deadlock, InnodbStatus
from perfreport.sources._client_source import clock_of
from perfreport.sources._innodb_deadlock import DeadlockReader
from perfreport.sources._instants import find_instant
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d[ T][ \d]\d:\d\d:\d\d\S* +\d+ \[(?:Note|Warning|ERROR|Error|System)\] ?(.*)",
    re.MULTILINE,
)
_SERVER = re.compile(
    r"\] (?:\[MY-\d+\] \[(?:Server|InnoDB)\]|InnoDB: |Starting (?:MariaDB|MySQL)|Server socket"
    r"|\S*(?:mysqld|mariadbd): )"
)
_DETECTED = re.compile(r"deadlock detected, dumping detailed", re.IGNORECASE)
_CERTAIN, _LIKELY = 0.96, 0.85


def sniff(head: Head) -> float:
    """Certain with a deadlock report, likely with the server's own lines several times over."""
    text = head.text
    if _DETECTED.search(text) and _LINE.search(text):
        return _CERTAIN
    lines = [match[0] for match in _LINE.finditer(text)][:50]
    own = sum(bool(_SERVER.search(line)) for line in lines)
    return _LIKELY if own >= 3 and own > len(lines) / 2 else 0.0


def read(source: Input) -> Reading:
    """Read every deadlock."""
    deadlocks: list[Deadlock] = []
    current: DeadlockReader | None = None
    first = last = None
    zoned = True
    records = 0
    for number, text in source.lines():
        logged = _LINE.match(text)
        if logged:
            records += 1
            instant = find_instant(text[:40])
            if instant:
                first, last = first or instant.ns, instant.ns
                zoned = zoned and instant.zoned
            if _DETECTED.search(logged[1]):
                _keep(deadlocks, current)
                current = DeadlockReader(number, instant.ns if instant else None)
                continue
            text = re.sub(r"^(?:\[MY-\d+\] )?(?:\[InnoDB\] )?(?:InnoDB: )?", "", logged[1])  # noqa: PLW2901
        if current is not None and current.feed(text):
            _keep(deadlocks, current)
            current = None
    _keep(deadlocks, current)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (InnodbStatus(ref, (), tuple(deadlocks)),)

    return Reading(
        facts=facts,
        records=records,
        start_ns=first,
        end_ns=last,
        clock=clock_of(placed=zoned, timed=first is not None),
        dialect="error-log",
        summary=(("snapshots", 0), ("deadlocks", len(deadlocks)), ("lines", records)),
    )


def _keep(deadlocks: list[Deadlock], reader: DeadlockReader | None) -> None:
    deadlock = reader.finish() if reader else None
    if deadlock is not None:
        deadlocks.append(deadlock)


PLUGIN = Source(id="database-error-log", kind="innodb-status", sniff=sniff, read=read)
