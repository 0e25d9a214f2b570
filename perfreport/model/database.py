"""Facts about the state of a database server: counters, settings, sessions, InnoDB's own report.

Statements appear as fingerprints only. Times are UTC nanoseconds (or the file's own clock, see
`SourceRef.clock`), durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeAlias

from perfreport.model.source import Fact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from perfreport.model.source import SourceRef

    Integers: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StatusVariable:
    """One server status variable over time, as the server names and scales it.

    `times_ns` is empty where the dumps do not tell when they were taken. A lone value stands for
    all the time since the server started, never for the test.
    """

    name: str
    times_ns: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class GlobalStatus(Fact):
    """`SHOW GLOBAL STATUS`, once or repeated; `uptime` in seconds at the first dump."""

    variables: tuple[StatusVariable, ...]
    snapshots: int = 1
    uptime: float | None = None

    def find(self, name: str) -> StatusVariable | None:
        """Return a variable by its name, whatever the case."""
        wanted = name.lower()
        return next((one for one in self.variables if one.name.lower() == wanted), None)

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same series with every time moved by `delta_ns`."""
        moved = tuple(replace(one, times_ns=one.times_ns + delta_ns) for one in self.variables)
        return replace(self, source=source, variables=moved)


@dataclass(frozen=True, slots=True)
class GlobalVariables(Fact):
    """Server settings that bear on performance, as written by the server (lower-case names)."""

    settings: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return a setting as text."""
        return dict(self.settings).get(name)

    def number(self, name: str) -> float | None:
        """Return a setting as a number in the server's own unit; None if it is not one."""
        try:
            return float(self.get(name) or "")
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class DatabaseSession:
    """One row of a process list; `statement` is a fingerprint, `seconds` the time in the state."""

    thread: int | None
    database: str | None
    command: str
    state: str
    seconds: float | None
    statement: str | None


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """One process list; `time_ns` None where the dump does not say."""

    time_ns: int | None
    sessions: tuple[DatabaseSession, ...]


@dataclass(frozen=True, slots=True)
class ProcessList(Fact):
    """Process lists, once or repeated."""

    snapshots: tuple[SessionSnapshot, ...]

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same lists with every time moved by `delta_ns`."""
        moved = tuple(
            one if one.time_ns is None else replace(one, time_ns=one.time_ns + delta_ns)
            for one in self.snapshots
        )
        return replace(self, source=source, snapshots=moved)


@dataclass(frozen=True, slots=True)
class DeadlockParty:
    """One transaction of a deadlock: its statement and the lock it was refused."""

    trx: str | None
    thread: int | None
    statement: str | None
    table: str | None
    index: str | None
    mode: str | None
    active: float | None  # seconds since the transaction began
    rolled_back: bool


@dataclass(frozen=True, slots=True)
class Deadlock:
    """One deadlock InnoDB found; `line` is where its report begins."""

    time_ns: int | None
    parties: tuple[DeadlockParty, ...]
    line: int


@dataclass(frozen=True, slots=True)
class InnodbSnapshot:
    """One `SHOW ENGINE INNODB STATUS`; None where the report lacks the figure.

    Ratios 0-1, times in seconds, pages as the server counts them.
    """

    time_ns: int | None
    line: int
    history_list: int | None
    transactions_active: int
    transactions_waiting: int
    longest_wait: float | None
    longest_active: float | None
    semaphore_waits: int
    longest_semaphore_wait: float | None
    buffer_pool_pages: int | None
    buffer_pool_free: int | None
    buffer_pool_dirty: int | None
    buffer_pool_hit_ratio: float | None
    pending_reads: int | None
    pending_fsyncs: int | None
    fsyncs_per_second: float | None
    reads_per_second: float | None
    waits_by_table: tuple[tuple[str, str | None, int], ...]  # (table, index, transactions)


@dataclass(frozen=True, slots=True)
class InnodbStatus(Fact):
    """InnoDB's own reports and the deadlocks named in them, each deadlock once."""

    snapshots: tuple[InnodbSnapshot, ...]
    deadlocks: tuple[Deadlock, ...]

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same reports with every time moved by `delta_ns`."""
        snapshots = tuple(
            one if one.time_ns is None else replace(one, time_ns=one.time_ns + delta_ns)
            for one in self.snapshots
        )
        deadlocks = tuple(
            one if one.time_ns is None else replace(one, time_ns=one.time_ns + delta_ns)
            for one in self.deadlocks
        )
        return replace(self, source=source, snapshots=snapshots, deadlocks=deadlocks)
