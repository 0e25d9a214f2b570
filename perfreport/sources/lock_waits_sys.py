"""sys.innodb_lock_waits: who waits for whom on which table and index, once or sampled over time.

A sample without rows prints no header: only its marker line tells that somebody looked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.sql import LockWait, LockWaits
from perfreport.sources._client_source import (
    ClientReading,
    certainty,
    clock_of,
    count_of,
    instant_of,
    number_of,
)
from perfreport.sources._lock_rows import record_of, statement_of, table_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_NAMES = {"waiting_trx_id", "blocking_trx_id", "waiting_pid", "blocking_pid"}
_AGE = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_EMPTY_LOOK = re.compile(r"# sample \d{4}-\d\d-\d\dT\d\d:\S+ rows=0\s*")
_EMPTY_SERIES = 0.5


def _wants(table: ResultTable) -> bool:
    return len(_NAMES.intersection(table.columns)) >= 3


def sniff(head: Head) -> float:
    """Certain with sys' columns; likely for a series of looks that saw nothing."""
    found = certainty(head, lambda table, _: _wants(table))
    if found:
        return found
    # Of all that is sampled this way only lock waits come back empty, and usually do.
    lines = [line for line in head.lines if line and not line.isspace()]
    return _EMPTY_SERIES if lines and all(map(_EMPTY_LOOK.fullmatch, lines)) else 0.0


def read(source: Input) -> Reading:
    """Read every sample."""
    reading = ClientReading(source, _wants)
    waits: list[LockWait] = []
    zoned = True
    seen: set[int] = set()
    for row in reading.rows():
        wait, wait_zoned = _wait(row)
        waits.append(wait)
        zoned = zoned and wait_zoned
        seen.add(row.table.line)
    samples = tuple(marker.instant.ns for marker in reading.markers)
    zoned = zoned and all(marker.instant.zoned for marker in reading.markers)
    times = [*samples, *(wait.time_ns for wait in waits if wait.time_ns is not None)]

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (LockWaits(ref, tuple(waits), samples, samples=max(len(samples), len(seen), 1)),)

    return Reading(
        facts=facts,
        records=len(waits),
        skipped=reading.losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=clock_of(placed=zoned, timed=bool(times)),
        dialect="sys",
        problems=reading.problems(),
        summary=(("waits", len(waits)), ("samples", max(len(samples), len(seen)))),
        foreign=reading.foreign(),
    )


def _wait(row: ResultRow) -> tuple[LockWait, bool]:
    """One edge; its time is that of the sample, else when the wait began plus its age."""
    age = _age(row.get("wait_age_secs")) or _age(row.get("wait_age"))
    sampled = row.table.instant
    started = instant_of(row.get("wait_started"))
    if sampled is not None:
        time_ns, zoned = sampled.ns, sampled.zoned
    elif started is not None:
        time_ns, zoned = started.ns + round((age or 0.0) * 1e9), started.zoned
    else:
        time_ns, zoned = None, True
    schema = row.get("locked_table_schema")
    name = row.get("locked_table_name") if schema else row.get("locked_table")
    wait = LockWait(
        time_ns=time_ns,
        waiting_trx=row.get("waiting_trx_id"),
        blocking_trx=row.get("blocking_trx_id"),
        waiting_thread=count_of(row.get("waiting_pid")),
        blocking_thread=count_of(row.get("blocking_pid")),
        table=table_of(name, schema),
        index=row.get("locked_index"),
        lock_type=row.get("locked_type"),
        mode=row.get("waiting_lock_mode"),
        record=record_of(row.get("waiting_lock_id")),
        age=age,
        waiting_statement=statement_of(row.get("waiting_query")),
        blocking_statement=statement_of(row.get("blocking_query")),
        blocker_age=_age(row.get("blocking_trx_age")),
        line=row.line,
        blocking_mode=row.get("blocking_lock_mode"),
    )
    return wait, zoned


def _age(cell: str | None) -> float | None:
    if cell and (clock := _AGE.fullmatch(cell.strip())):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    return number_of(cell)


PLUGIN = Source(id="lock-waits-sys", kind="lock-waits", sniff=sniff, read=read)
