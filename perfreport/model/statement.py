"""What was measured of SQL statements: figures per phase, lock hot spots, hypotheses.

Durations are seconds. Statements are fingerprints. Everything here was computed from facts; how
sure it is, is part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance
    from perfreport.model.sql import PlanStep


class StatementOrigin(StrEnum):
    """Where figures of statements come from, which says what they cover."""

    SLOW_LOG = "slow-log"  # only statements past a threshold; can be cut by time
    DIGEST = "digest"  # every statement, between two dumps
    DIGEST_LIFETIME = "digest-lifetime"  # every statement since the server started: not the test


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """One statement in one phase ("all": the whole test).

    `share` is its part of all statement time of the same origin and phase. Sums and means are None
    where the origin does not tell. `row_lock_wait` is the time waited for row locks: as the server
    counted it, or for MariaDB recovered from the thousandth it writes; None where neither is
    possible. `full_scans` counts executions that read a whole table (or used no index).
    """

    origin: StatementOrigin
    phase: str
    fingerprint: str
    link: str  # the same for one statement in slow log and digest
    databases: tuple[str, ...]
    count: int
    total: float
    share: float
    longest: float | None
    p95: float | None
    rows_examined: float | None  # per execution
    rows_sent: float | None  # per execution
    rows_affected: float | None  # per execution
    row_lock_wait: float | None
    full_scans: int | None
    tmp_disk_tables: int | None
    errors: int | None
    locking: bool
    plan: tuple[PlanStep, ...] = ()
    provenance: Provenance | None = None

    @property
    def mean(self) -> float:
        """Mean execution time in seconds."""
        return self.total / self.count if self.count else 0.0

    @property
    def examined_per_row(self) -> float | None:
        """Rows read for each row sent or changed; None where nothing is known of them."""
        if self.rows_examined is None:
            return None
        useful = (self.rows_sent or 0.0) + (self.rows_affected or 0.0)
        return self.rows_examined / max(useful, 1.0)


@dataclass(frozen=True, slots=True)
class LockHotspot:
    """One table and index that transactions were seen waiting on, in one phase.

    `samples` looks were taken in the phase, `busy_samples` of them saw a wait here. `waiters` are
    transactions, not edges: ten in line for one row make 45 edges and ten waiters at most.
    `records` is how many different rows were fought for. `idle_roots` is the share of root
    blockers that ran no statement while they held the lock: time spent in the application.
    """

    phase: str
    table: str | None
    index: str | None
    samples: int
    busy_samples: int
    waiters_mean: float  # over all samples
    waiters_max: int
    records: int | None
    longest_wait: float | None
    waiting_statements: tuple[tuple[str, int], ...]  # most frequent first
    root_statements: tuple[tuple[str, int], ...]
    idle_roots: float | None
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Repetition:
    """A statement that ran many times per list, request or transaction: an N+1 suspicion.

    `per_unit` is executions per `unit` ("list", "request", "transaction"); `rows` is the list: the
    statement whose rows it ran for. `steadiness` is the correlation of its executions with all
    others' over time (None where time cannot be told).
    """

    fingerprint: str
    link: str
    unit: str
    count: int
    units: int
    per_unit: float
    total: float
    steadiness: float | None
    provenance: Provenance | None = None
    rows: StatementFigures | None = None


class ColumnRole(StrEnum):
    """How a predicate uses a column, in the order an index wants them."""

    EQUAL = "equal"
    JOIN = "join"  # equal to a column of another table
    RANGE = "range"
    GROUP = "group"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column of a table as a statement uses it; `wrapped`: inside a function, out of reach."""

    column: str
    role: ColumnRole
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class IndexHypothesis:
    """An index that might help a statement, to be tested by EXPLAIN; never a finding by itself.

    `columns` are in the order of the index. `seen` names what speaks for it: the access type of an
    EXPLAIN in the log ("ALL", "index"), "no-index-used" of a digest, "rows-examined" where only
    the number of rows does. `claim` says it as the guess it is.
    `explain` and `change` are SQL to run, with `?` for the values.
    """

    fingerprint: str
    table: str
    columns: tuple[ColumnUse, ...]
    wrapped: tuple[str, ...]  # columns an index can't serve while they stand in a function
    seen: str
    rows_examined: float | None
    examined_per_row: float | None
    claim: Message
    explain: str
    change: str
