"""Redis as it describes itself: INFO snapshots and the slow log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class CommandStat:
    """One command since the server started (or CONFIG RESETSTAT): calls and server-side seconds."""

    command: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Keyspace:
    """One database: keys, how many of them expire, mean time to live in seconds."""

    database: int
    keys: int
    expires: int
    mean_ttl_seconds: float | None


@dataclass(frozen=True, slots=True)
class RedisSnapshot:
    """One INFO. Counters count since the server started; `uptime_seconds` says how long that is.

    `figures` holds the known signals by name, in base units, also where the time is unknown.
    """

    time_ns: int | None
    version: str | None
    uptime_seconds: float | None
    policy: str | None
    figures: tuple[tuple[str, float], ...]
    commands: tuple[CommandStat, ...]
    keyspaces: tuple[Keyspace, ...]


@dataclass(frozen=True, slots=True)
class RedisInfo(Fact):
    """INFO snapshots in the order of the file; their figures over time are signals."""

    snapshots: tuple[RedisSnapshot, ...]

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Move the times of all snapshots by `delta_ns`."""
        return replace(
            self,
            source=source,
            snapshots=tuple(
                replace(one, time_ns=None if one.time_ns is None else one.time_ns + delta_ns)
                for one in self.snapshots
            ),
        )


@dataclass(frozen=True, slots=True)
class SlowCommand:
    """One slow-log entry: the command and its first key as a pattern, never its arguments."""

    time_ns: int
    seconds: float
    command: str
    key_pattern: str | None
    line: int


@dataclass(frozen=True, slots=True)
class RedisSlowLog(Fact):
    """`SLOWLOG GET`, newest first as the server lists it."""

    entries: tuple[SlowCommand, ...]


@dataclass(frozen=True, slots=True)
class RedisWindow:
    """What one Redis counted between two INFOs, and since it started.

    `during` is None where there was a single INFO, or where nothing says which of two came first.
    `restarted`: the server began anew in between, so `during` is what it counted since. `last` is
    the latest INFO; `seconds` the time between the two.
    """

    last: RedisSnapshot
    path: str
    during: tuple[tuple[str, float], ...] | None
    seconds: float | None
    restarted: bool = False

    def since_start(self, name: str) -> float | None:
        """Return a figure of the latest INFO."""
        return dict(self.last.figures).get(name)

    def in_between(self, name: str) -> float | None:
        """Return what a counter grew by."""
        return None if self.during is None else dict(self.during).get(name)
