"""MySQL 5.7 and MariaDB: INNODB_LOCK_WAITS, INNODB_LOCKS and INNODB_TRX.

The three are usually dumped one after another; within one file edges take table and index from
the locks, threads and statements from the transactions. LOCK_DATA is a key's value and not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.sql import Lock, Locks, LockWait, LockWaits, Transaction, Transactions
from perfreport.sources._client_source import (
    ClientReading,
    certainty,
    clock_of,
    count_of,
    instant_of,
)
from perfreport.sources._lock_rows import record_of, statement_of, table_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_EDGE = {"requesting_trx_id", "blocking_trx_id"}
_LOCK = {"lock_id", "lock_trx_id", "lock_mode"}
_TRX = {"trx_id", "trx_state", "trx_started"}


def _wants(table: ResultTable) -> bool:
    names = set(table.columns)
    return names >= _EDGE or names >= _LOCK or names >= _TRX


def sniff(head: Head) -> float:
    """Certain with the columns of one of the three tables."""
    return certainty(head, lambda table, _: _wants(table))


@dataclass(slots=True)
class _Found:
    """What a file holds."""

    edges: list[ResultRow] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    zoned: bool = True
    timed: bool = False


def read(source: Input) -> Reading:
    """Read all three kinds of tables."""
    reading = ClientReading(source, _wants)
    found = _Found()
    for row in reading.rows():
        names = row.table.columns
        if _EDGE.issubset(names):
            found.edges.append(row)
        elif _TRX.issubset(names):
            _add_transaction(found, row)
        else:
            found.locks.append(_lock(row))
    waits = _waits(found)
    samples = tuple(marker.instant.ns for marker in reading.markers)
    begun = [one.started_ns for one in found.transactions if one.started_ns is not None]
    times = [*samples, *begun]
    zoned = found.zoned and all(marker.instant.zoned for marker in reading.markers)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        known: list[Fact] = []
        if found.edges:
            known.append(LockWaits(ref, waits, samples, samples=max(len(samples), 1)))
        if found.locks:
            known.append(Locks(ref, tuple(found.locks)))
        if found.transactions:
            known.append(Transactions(ref, tuple(found.transactions)))
        return tuple(known)

    return Reading(
        facts=facts,
        records=len(waits) + len(found.locks) + len(found.transactions),
        skipped=reading.losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=clock_of(placed=zoned, timed=bool(times)),
        dialect="information-schema",
        problems=reading.problems(),
        summary=(
            ("waits", len(waits)),
            ("locks", len(found.locks)),
            ("transactions", len(found.transactions)),
            ("transactions_waiting", sum(one.waiting for one in found.transactions)),
        ),
        foreign=reading.foreign(),
    )


def _lock(row: ResultRow) -> Lock:
    return Lock(
        lock_id=row.get("lock_id"),
        trx=row.get("lock_trx_id"),
        thread=None,
        table=table_of(row.get("lock_table")),
        index=row.get("lock_index"),
        lock_type=row.get("lock_type"),
        mode=row.get("lock_mode"),
        waiting=None,
        record=record_of(row.get("lock_id")),
    )


def _add_transaction(found: _Found, row: ResultRow) -> None:
    started, waiting_since = (instant_of(row.get(n)) for n in ("trx_started", "trx_wait_started"))
    if started is not None:
        found.timed = True
        found.zoned = found.zoned and started.zoned
    found.transactions.append(
        Transaction(
            trx=row.get("trx_id") or "",
            thread=count_of(row.get("trx_mysql_thread_id")),
            waiting=(row.get("trx_state") or "").upper() == "LOCK WAIT",
            started_ns=started.ns if started else None,
            wait_started_ns=waiting_since.ns if waiting_since else None,
            statement=statement_of(row.get("trx_query")),
            rows_locked=count_of(row.get("trx_rows_locked")),
            rows_modified=count_of(row.get("trx_rows_modified")),
            isolation=row.get("trx_isolation_level"),
        )
    )


def _waits(found: _Found) -> tuple[LockWait, ...]:
    locks = {lock.lock_id: lock for lock in found.locks}
    transactions = {one.trx: one for one in found.transactions}

    def edge(row: ResultRow) -> LockWait:
        lock = locks.get(row.get("requested_lock_id"))
        waiter = transactions.get(row.get("requesting_trx_id") or "")
        blocker = transactions.get(row.get("blocking_trx_id") or "")
        return LockWait(
            time_ns=row.table.instant.ns if row.table.instant else None,
            waiting_trx=row.get("requesting_trx_id"),
            blocking_trx=row.get("blocking_trx_id"),
            waiting_thread=waiter.thread if waiter else None,
            blocking_thread=blocker.thread if blocker else None,
            table=lock.table if lock else None,
            index=lock.index if lock else None,
            lock_type=lock.lock_type if lock else None,
            mode=lock.mode if lock else None,
            record=record_of(row.get("requested_lock_id")),
            age=None,
            waiting_statement=waiter.statement if waiter else None,
            blocking_statement=blocker.statement if blocker else None,
            line=row.line,
        )

    return tuple(edge(row) for row in found.edges)


PLUGIN = Source(id="lock-waits-information-schema", kind="lock-waits", sniff=sniff, read=read)
