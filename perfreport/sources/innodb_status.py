"""`SHOW ENGINE INNODB STATUS`, once or repeated: lock waits, the last deadlock, history, pool.

The report's own time has no zone. Where markers between reports carry one, they place the
reports, and the distance between the two places the deadlocks inside.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.database import Deadlock, InnodbStatus
from perfreport.sources._client_cells import tab_cells
from perfreport.sources._client_source import clock_of
from perfreport.sources._foreign import Unread
from perfreport.sources._innodb_snapshot import SnapshotReader
from perfreport.sources._instants import Instant, find_instant
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_BEGIN = re.compile(r"INNODB MONITOR OUTPUT\s*$")
_END = re.compile(r"END OF INNODB MONITOR OUTPUT")
_AROUND = re.compile(
    r"=+\s*$|\*+ 1\. row \*+|\s*(?:Type: InnoDB|Name: *|Status: *)$|Type\tName\tStatus"
    r"|\d+ row in set|mysql: \[Warning\]|\s*$|(?:mysql|MariaDB \[.*\])>"
)
_QUARTER_HOUR = 15 * 60 * 1_000_000_000
_CERTAIN = 0.97


def sniff(head: Head) -> float:
    """Certain with the monitor's headline."""
    text = head.text.replace("\\n", "\n")
    return _CERTAIN if re.search(r"INNODB MONITOR OUTPUT\s*$", text, re.MULTILINE) else 0.0


def read(source: Input) -> Reading:
    """Read every report."""
    reports: list[SnapshotReader] = []
    unread = Unread()
    current: SnapshotReader | None = None
    marker: Instant | None = None
    for number, text in _lines(source):
        if _END.search(text):
            current = None
        elif _BEGIN.search(text):
            current = SnapshotReader(number, marker, find_instant(text))
            reports.append(current)
            marker = None
        elif text.startswith("#") and (found := find_instant(text)):
            current, marker = None, found
        elif current is not None:
            current.feed(number, text)
        elif not _AROUND.match(text):
            unread.add(number, text)
    return _reading(reports, unread)


def _lines(source: Input) -> Iterator[tuple[int, str]]:
    """Lines of the reports; `mysql -B` writes a whole report as one escaped line."""
    for number, text in source.lines():
        if text.startswith("InnoDB\t") and "\\n" in text:
            for line in (tab_cells(text)[-1] or "").split("\n"):
                yield number, line
        else:
            yield number, text


def _reading(reports: list[SnapshotReader], unread: Unread) -> Reading:
    marked = [report.instant for report in reports if report.instant is not None]
    placed = bool(reports) and len(marked) == len(reports) and all(one.zoned for one in marked)
    snapshots = tuple(report.snapshot() for report in reports)
    deadlocks = _deadlocks(reports)
    times = [one.time_ns for one in snapshots if one.time_ns is not None]

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (InnodbStatus(ref, snapshots, deadlocks),)

    return Reading(
        facts=facts,
        records=len(snapshots),
        skipped=unread.dropped,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=clock_of(placed=placed, timed=bool(times)),
        dialect="monitor",
        summary=(
            ("snapshots", len(snapshots)),
            ("deadlocks", len(deadlocks)),
            (
                "transactions_waiting_max",
                max((s.transactions_waiting for s in snapshots), default=0),
            ),
            ("history_list_max", max((s.history_list or 0 for s in snapshots), default=None)),
            ("semaphore_waits", sum(one.semaphore_waits for one in snapshots)),
        ),
        foreign=unread.segments(),
    )


def _deadlocks(reports: list[SnapshotReader]) -> tuple[Deadlock, ...]:
    """Every deadlock once: a report repeats the last one until there is another."""
    found: dict[tuple[int | None, tuple[str | None, ...]], Deadlock] = {}
    for report in reports:
        for reader in report.deadlocks:
            deadlock = reader.finish()
            if deadlock is None:
                continue
            key = (deadlock.time_ns, tuple(party.trx for party in deadlock.parties))
            if deadlock.time_ns is not None:
                deadlock = replace(deadlock, time_ns=deadlock.time_ns + _offset(report))
            found.setdefault(key, deadlock)
    return tuple(found.values())


def _offset(report: SnapshotReader) -> int:
    """What turns the server's clock into the markers': zones differ by quarters of an hour."""
    if report.instant is None or report.own is None:
        return 0
    return round((report.instant.ns - report.own.ns) / _QUARTER_HOUR) * _QUARTER_HOUR


PLUGIN = Source(id="innodb-status", kind="innodb-status", sniff=sniff, read=read)
