"""`SHOW [FULL] PROCESSLIST` and its tables: what every session was doing at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.database import DatabaseSession, ProcessList, SessionSnapshot
from perfreport.sources._client_source import (
    ClientReading,
    certainty,
    clock_of,
    count_of,
    number_of,
)
from perfreport.sources._lock_rows import statement_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_NAMES = {"command", "time", "state"}
_STATEMENT = ("info", "current_statement", "query")
_IDLE = {"sleep", "daemon", "binlog dump", "binlog dump gtid", "slave_io", "slave_sql"}


def _wants(table: ResultTable) -> bool:
    return _NAMES.issubset(table.columns) and any(name in table.columns for name in _STATEMENT)


def sniff(head: Head) -> float:
    """Certain with a session's command, time, state and statement."""
    return certainty(head, lambda table, _: _wants(table))


def read(source: Input) -> Reading:
    """Read every list."""
    reading = ClientReading(source, _wants)
    lists: dict[ResultTable, list[DatabaseSession]] = {}
    for row in reading.rows():
        lists.setdefault(row.table, []).append(_session(row))
    placed = bool(lists) and all(table.instant is not None for table in lists)
    zoned = all(table.instant.zoned for table in lists if table.instant)
    snapshots = tuple(
        SessionSnapshot(table.instant.ns if table.instant else None, tuple(sessions))
        for table, sessions in lists.items()
    )
    times = [one.time_ns for one in snapshots if one.time_ns is not None]
    sessions = [session for snapshot in snapshots for session in snapshot.sessions]
    running = [one for one in sessions if one.command.lower() not in _IDLE]

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (ProcessList(ref, snapshots),)

    return Reading(
        facts=facts,
        records=len(sessions),
        skipped=reading.losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=clock_of(placed=zoned, timed=placed),
        problems=reading.problems(),
        summary=(
            ("snapshots", len(snapshots)),
            ("sessions", len(sessions)),
            ("running", len(running)),
            ("seconds_max", max((one.seconds for one in running if one.seconds), default=None)),
        ),
        foreign=reading.foreign(),
    )


def _session(row: ResultRow) -> DatabaseSession:
    return DatabaseSession(
        thread=count_of(row.get("id", "conn_id", "thd_id", "processlist_id")),
        database=row.get("db", "processlist_db"),
        command=row.get("command") or "",
        state=row.get("state") or "",
        seconds=number_of(row.get("time")),
        statement=statement_of(row.get(*_STATEMENT)),
    )


PLUGIN = Source(id="processlist", kind="processlist", sniff=sniff, read=read)
