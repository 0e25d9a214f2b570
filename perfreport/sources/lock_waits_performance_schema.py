"""MySQL 8: performance_schema.data_lock_waits and data_locks.

An edge names transactions only; table and index stand in data_locks, under the same lock ids.
LOCK_DATA is a key's value and is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.sql import Lock, Locks, LockWait, LockWaits
from perfreport.sources._client_source import ClientReading, certainty, clock_of, count_of
from perfreport.sources._lock_rows import record_of, table_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_EDGE = {"requesting_engine_transaction_id", "blocking_engine_transaction_id"}
_LOCK = {"engine_transaction_id", "lock_mode", "lock_status"}


def _wants(table: ResultTable) -> bool:
    names = set(table.columns)
    return names >= _EDGE or names >= _LOCK


def sniff(head: Head) -> float:
    """Certain with the transaction ids of both sides, or with a lock's mode and status."""
    return certainty(head, lambda table, _: _wants(table))


def read(source: Input) -> Reading:
    """Read edges and locks, whichever the file has, and join them by lock id."""
    reading = ClientReading(source, _wants)
    edges: list[ResultRow] = []
    locks: list[Lock] = []
    for row in reading.rows():
        if _EDGE.issubset(row.table.columns):
            edges.append(row)
        else:
            locks.append(_lock(row))
    by_id = {lock.lock_id: lock for lock in locks}
    waits = tuple(_wait(row, by_id) for row in edges)
    samples = tuple(marker.instant.ns for marker in reading.markers)
    zoned = bool(samples) and all(marker.instant.zoned for marker in reading.markers)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        tables = {row.table for row in edges}
        looks = max(len(samples), len(tables), 1)
        found: list[Fact] = []
        if edges or not locks:
            found.append(LockWaits(ref, waits, samples, samples=looks))
        if locks:
            found.append(Locks(ref, tuple(locks)))
        return tuple(found)

    return Reading(
        facts=facts,
        records=len(waits) + len(locks),
        skipped=reading.losses.count,
        start_ns=min(samples, default=None),
        end_ns=max(samples, default=None),
        clock=clock_of(placed=zoned, timed=bool(samples)),
        dialect="performance-schema",
        problems=reading.problems(),
        summary=(("waits", len(waits)), ("locks", len(locks))),
        foreign=reading.foreign(),
    )


def _lock(row: ResultRow) -> Lock:
    status = row.get("lock_status")
    return Lock(
        lock_id=row.get("engine_lock_id"),
        trx=row.get("engine_transaction_id"),
        thread=count_of(row.get("thread_id")),
        table=table_of(row.get("object_name"), row.get("object_schema")),
        index=row.get("index_name"),
        lock_type=row.get("lock_type"),
        mode=row.get("lock_mode"),
        waiting=None if status is None else status.upper() == "WAITING",
        record=record_of(row.get("engine_lock_id")),
    )


def _wait(row: ResultRow, locks: dict[str | None, Lock]) -> LockWait:
    requested = row.get("requesting_engine_lock_id")
    lock = locks.get(requested) if requested else None
    return LockWait(
        time_ns=row.table.instant.ns if row.table.instant else None,
        waiting_trx=row.get("requesting_engine_transaction_id"),
        blocking_trx=row.get("blocking_engine_transaction_id"),
        waiting_thread=count_of(row.get("requesting_thread_id")),
        blocking_thread=count_of(row.get("blocking_thread_id")),
        table=lock.table if lock else None,
        index=lock.index if lock else None,
        lock_type=lock.lock_type if lock else None,
        mode=lock.mode if lock else None,
        record=record_of(requested),
        age=None,
        waiting_statement=None,
        blocking_statement=None,
        line=row.line,
    )


PLUGIN = Source(id="lock-waits-performance-schema", kind="lock-waits", sniff=sniff, read=read)
