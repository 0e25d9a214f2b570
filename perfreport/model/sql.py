"""Facts about a MySQL-compatible database: what ran, what it waited for, how it was set.

Statements appear as fingerprints only; no literal of a user is ever stored here. Times are UTC
nanoseconds (or the file's own clock, see `SourceRef.clock`), durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag
from typing import TYPE_CHECKING, Self, TypeAlias

from perfreport.model.source import Fact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from perfreport.model.source import SourceRef

    Integers: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]


def _moved(time_ns: int | None, delta_ns: int) -> int | None:
    return None if time_ns is None else time_ns + delta_ns


class EntryFlag(IntFlag):
    """What a slow-log entry says of its execution; absent where the log does not tell."""

    FULL_SCAN = 1
    FULL_JOIN = 2
    TMP_TABLE = 4
    TMP_TABLE_ON_DISK = 8
    FILESORT = 16
    FILESORT_ON_DISK = 32
    LOCK_TIMEOUT = 64  # errno 1205
    DEADLOCK = 128  # errno 1213
    FAILED = 256  # any error
    PLAN_KNOWN = 512  # the entry carried plan figures, so an absent flag means "no"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One row of an EXPLAIN that the server wrote beside a statement."""

    select_type: str
    table: str
    access: str  # "ALL", "index", "range", "ref", "eq_ref", "const" …
    possible_keys: str | None
    key: str | None
    rows: int | None
    examined: float | None  # rows really read per loop (MariaDB's r_rows)
    extra: str


@dataclass(frozen=True, slots=True)
class LoggedStatement:
    """One fingerprint of a slow log: where to look it up and how it was executed.

    `plan` is the EXPLAIN of its slowest entry that had one. `line` is where its slowest entry
    begins. `databases` are the schemas it ran in.
    """

    fingerprint: str
    checksum: str  # 32 hex digits, stable between files
    databases: tuple[str, ...]
    line: int
    plan: tuple[PlanStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SlowLog(Fact):
    """Every entry of a slow-query log, column by column (all arrays have one length).

    `statement` indexes `statements`; `end_ns` is when the entry ended, -1 where the log does not
    say. Counts are -1 where not logged. `flags` are `EntryFlag` bits.

    `row_lock_time_counted` is False where the server is known to leave row-lock waits out of
    `lock_time` or to write them a thousand times too small (MariaDB): then a small `lock_time`
    is no evidence against lock waits.
    """

    statements: tuple[LoggedStatement, ...]
    statement: NDArray[np.int32]
    end_ns: Integers
    query_time: Floats
    lock_time: Floats
    rows_sent: Integers
    rows_examined: Integers
    rows_affected: Integers
    flags: NDArray[np.int32]
    line: Integers
    row_lock_time_counted: bool
    sampling: float | None = None  # one in so many was logged, where the log says so
    version: str | None = None

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same log with every time moved by `delta_ns`."""
        moved = self.end_ns + delta_ns * (self.end_ns >= 0)
        return replace(self, source=source, end_ns=moved)


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One row of a statement digest: sums since `first_seen_ns` (or the last truncation).

    Times in seconds; None where the dump lacks the column. `fingerprint` is the digest text
    written as a fingerprint; `link` is what it shares with the same statement of a slow log.
    `longest` and `shortest` can't be differenced between two dumps.
    """

    schema: str | None
    digest: str | None  # None: the overflow row of a full digest table
    fingerprint: str
    link: str
    count: int
    total: float
    longest: float | None = None
    shortest: float | None = None
    lock: float | None = None
    errors: int | None = None
    rows_affected: int | None = None
    rows_sent: int | None = None
    rows_examined: int | None = None
    tmp_tables: int | None = None
    tmp_disk_tables: int | None = None
    full_joins: int | None = None
    scans: int | None = None
    rows_sorted: int | None = None
    no_index_used: int | None = None
    no_good_index_used: int | None = None
    p95: float | None = None
    p99: float | None = None
    first_seen_ns: int | None = None
    last_seen_ns: int | None = None
    line: int | None = None

    @property
    def mean(self) -> float:
        """Mean execution time in seconds."""
        return self.total / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class StatementDigest(Fact):
    """One dump of the digest table, cumulative; two of them give what happened in between.

    `taken_ns` is when it was taken if the dump says so, else the latest LAST_SEEN in it.
    `overflowed` tells that the table was full: statements are missing. `rounded` tells that
    times were written with few digits (sys.statement_analysis).
    """

    rows: tuple[DigestRow, ...]
    taken_ns: int | None = None
    overflowed: bool = False
    rounded: bool = False
    row_lock_time_counted: bool = False

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same digest with every time moved by `delta_ns`."""
        rows = tuple(
            replace(
                row,
                first_seen_ns=_moved(row.first_seen_ns, delta_ns),
                last_seen_ns=_moved(row.last_seen_ns, delta_ns),
            )
            for row in self.rows
        )
        return replace(self, source=source, rows=rows, taken_ns=_moved(self.taken_ns, delta_ns))


@dataclass(frozen=True, slots=True)
class LockWait:
    """One transaction seen waiting for another: an edge of the wait graph at one moment.

    `record` names the locked record by its place (space:page:heap), never by its key value.
    Statements are fingerprints; a blocker without one sat idle inside its transaction.
    """

    time_ns: int | None
    waiting_trx: str | None
    blocking_trx: str | None
    waiting_thread: int | None
    blocking_thread: int | None
    table: str | None
    index: str | None
    lock_type: str | None  # RECORD, TABLE
    mode: str | None
    record: str | None
    age: float | None  # seconds waited so far
    waiting_statement: str | None
    blocking_statement: str | None
    blocker_age: float | None = None  # seconds since the blocking transaction began
    blocking_mode: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LockWaits(Fact):
    """Lock waits as sampled; `samples_ns` holds every look, also those that saw none."""

    waits: tuple[LockWait, ...]
    samples_ns: tuple[int, ...] = ()
    samples: int = 1

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same waits with every time moved by `delta_ns`."""
        waits = tuple(replace(wait, time_ns=_moved(wait.time_ns, delta_ns)) for wait in self.waits)
        moved = tuple(time + delta_ns for time in self.samples_ns)
        return replace(self, source=source, waits=waits, samples_ns=moved)


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock held or asked for; `lock_id` is what lock-wait dumps refer to."""

    lock_id: str | None
    trx: str | None
    thread: int | None
    table: str | None
    index: str | None
    lock_type: str | None
    mode: str | None
    waiting: bool | None
    record: str | None


@dataclass(frozen=True, slots=True)
class Locks(Fact):
    """A dump of the locks themselves (`data_locks`, `INNODB_LOCKS`)."""

    locks: tuple[Lock, ...]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction; `statement` is a fingerprint, None while it is idle."""

    trx: str
    thread: int | None
    waiting: bool
    started_ns: int | None
    wait_started_ns: int | None
    statement: str | None
    rows_locked: int | None
    rows_modified: int | None
    isolation: str | None


@dataclass(frozen=True, slots=True)
class Transactions(Fact):
    """A dump of the open transactions (`INNODB_TRX`)."""

    transactions: tuple[Transaction, ...]

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same dump with every time moved by `delta_ns`."""
        moved = tuple(
            replace(
                transaction,
                started_ns=_moved(transaction.started_ns, delta_ns),
                wait_started_ns=_moved(transaction.wait_started_ns, delta_ns),
            )
            for transaction in self.transactions
        )
        return replace(self, source=source, transactions=moved)
