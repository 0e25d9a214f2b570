"""What an application logged: failures by type over time, and its connection pool's own words.

Message texts are templates: numbers, quoted strings, addresses, identifiers and secrets are
replaced before they get here. The lines themselves can be looked up by file and line number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Self

import numpy as np

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.source import SourceRef


class Level(IntEnum):
    """Severity of a record, ascending."""

    TRACE = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    FATAL = 5


@dataclass(frozen=True, slots=True, eq=False)
class EventGroup:
    """Records (WARN and above, or with an exception) that say the same thing.

    `exception` is the class that was logged, `root_cause` the class at the bottom of its causes
    (the same if it has none); None where the record has no exception. `frame` is the topmost stack
    frame of the application's own code. Times and lines have one length.
    """

    level: Level
    logger: str
    template: str
    exception: str | None
    root_cause: str | None
    root_template: str | None
    frame: str | None
    times_ns: Integers
    lines: Integers

    @property
    def count(self) -> int:
        """How many records."""
        return len(self.times_ns)

    def between(self, start_ns: int, end_ns: int) -> int:
        """How many records in [start_ns, end_ns)."""
        return int(((self.times_ns >= start_ns) & (self.times_ns < end_ns)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class PoolStatistics:
    """Levels of one connection pool as it logged them; NaN where a line has no such number.

    `regular` marks the housekeeper's own rhythm; the other lines are logged when something
    happens (a timeout, a connection that could not be added) and would bias a mean.
    """

    pool: str
    times_ns: Integers
    total: Floats
    active: Floats
    idle: Floats
    waiting: Floats
    maximum: Floats
    regular: Integers  # 0 or 1
    lines: Integers


@dataclass(frozen=True, slots=True, eq=False)
class PoolTimeouts:
    """Requests for a connection that gave up, each once however many layers logged it.

    `seconds` is the wait. The levels are those of the moment, NaN for HikariCP before 5.1.
    """

    pool: tuple[str, ...]
    times_ns: Integers
    seconds: Floats
    total: Floats
    active: Floats
    idle: Floats
    waiting: Floats
    lines: Integers

    def __len__(self) -> int:
        return len(self.times_ns)


@dataclass(frozen=True, slots=True)
class LeakWarning:
    """A connection held longer than the leak-detection threshold, and where it was taken.

    `frames` are frames of the application's own code, topmost first. `returned`: it came back
    later, so it was held long but not leaked.
    """

    time_ns: int
    thread: str
    frames: tuple[str, ...]
    line: int
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened once: a start, a stop, a stall of the whole process."""

    time_ns: int
    line: int
    seconds: float | None = None  # how long it took


@dataclass(frozen=True, slots=True, eq=False)
class AppLog(Fact):
    """One application log (or the log lines of a mixed file)."""

    start_ns: int
    end_ns: int
    lines: int
    records: int
    levels: tuple[tuple[Level, int], ...]  # records by level
    groups: tuple[EventGroup, ...]  # the most frequent first
    pools: tuple[PoolStatistics, ...]
    timeouts: PoolTimeouts
    leaks: tuple[LeakWarning, ...] = ()
    stalls: tuple[Moment, ...] = ()  # Hikari: thread starvation or clock leap
    started: tuple[Moment, ...] = ()
    stopped: tuple[Moment, ...] = ()
    framework: str | None = None  # "Spring Boot 3.5.16"
    ungrouped: int = 0  # records beyond the number of groups that are kept apart

    @property
    def errors(self) -> int:
        """Records of level ERROR and above."""
        return sum(count for level, count in self.levels if level >= Level.ERROR)

    @property
    def exceptions(self) -> tuple[tuple[str, int], ...]:
        """Exception classes with the number of records that logged them, the most first."""
        counts: dict[str, int] = {}
        for group in self.groups:
            if group.exception is not None:
                counts[group.exception] = counts.get(group.exception, 0) + group.count
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the log with every time moved by `delta_ns`, owned by `source`."""
        return replace(
            self,
            source=source,
            start_ns=self.start_ns + delta_ns,
            end_ns=self.end_ns + delta_ns,
            groups=tuple(replace(one, times_ns=one.times_ns + delta_ns) for one in self.groups),
            pools=tuple(replace(one, times_ns=one.times_ns + delta_ns) for one in self.pools),
            timeouts=replace(self.timeouts, times_ns=self.timeouts.times_ns + delta_ns),
            leaks=tuple(replace(one, time_ns=one.time_ns + delta_ns) for one in self.leaks),
            stalls=_moved(self.stalls, delta_ns),
            started=_moved(self.started, delta_ns),
            stopped=_moved(self.stopped, delta_ns),
        )

    def error_times(self) -> Integers:
        """Times of all records of level ERROR and above that are kept in groups, ascending."""
        parts = [group.times_ns for group in self.groups if group.level >= Level.ERROR]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def _moved(moments: tuple[Moment, ...], delta_ns: int) -> tuple[Moment, ...]:
    return tuple(replace(one, time_ns=one.time_ns + delta_ns) for one in moments)
