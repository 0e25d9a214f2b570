"""What HikariCP says of itself in an application log: levels, timeouts, leaks, stalls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.applog import LeakWarning, Moment, PoolStatistics, PoolTimeouts
from perfreport.sources._stack_trace import parse_trace

if TYPE_CHECKING:
    from perfreport.sources._log_events import Record

NAN = float("nan")
_TIMEOUT = re.compile(
    r"([^\s:\[({]+) - Connection is not available, request timed out after (\d{1,10})ms\.?"
    r"(?: \(([^)]*)\))?"
)
_STATISTICS = re.compile(
    r"(\S+) - (Pool stats|Before cleanup|After  ?cleanup|.{1,40}?)(?: stats)? \((total=[^)]*)\)"
)
_LEVEL = re.compile(r"(total|active|idle|waiting)=(\d{1,6})(?:/(\d{1,6}))?")
_LEAK = re.compile(
    r"Connection leak detection triggered for (\S+)(?: on thread (.+?))?,? stack trace"
)
_RETURNED = re.compile(
    r"Previously reported leaked connection (\S+)(?: on thread .+?)? was returned"
)
_STARVED = re.compile(
    r"Thread starvation or clock leap detected \(housekeeper delta=(?:(\d{1,4})d)?(?:(\d{1,4})h)?"
    r"(?:(\d{1,4})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?"
)
_REGULAR = frozenset({"Pool stats", "Before cleanup", "Pool"})
_SAME_TIMEOUT = 250_000_000  # ns: layers log one failure within this time, on one thread

Levels = tuple[float, float, float, float, float]


@dataclass(slots=True)
class PoolWords:
    """Everything pools said so far."""

    stalls: list[Moment] = field(default_factory=list)
    _levels: dict[str, list[tuple[int, Levels, bool, int]]] = field(default_factory=dict)
    _timeouts: list[tuple[str, int, float, Levels, int]] = field(default_factory=list)
    _latest: dict[tuple[str, str], int] = field(default_factory=dict)
    _leaks: list[tuple[str, LeakWarning]] = field(default_factory=list)

    def read(self, record: Record) -> bool:
        """Look at a record; True if it reports a leak (its stack is no exception)."""
        message = record.message
        if "timed out after" in message:
            self._timeout(message, record)
        elif record.rest and any("timed out after" in line for line in record.rest[:40]):
            for line in record.rest[:40]:
                if "timed out after" in line and self._timeout(line, record):
                    break
        if "total=" in message and (found := _STATISTICS.search(message)):
            entry = (record.time_ns, _levels(found[3]), found[2] in _REGULAR, record.line)
            self._levels.setdefault(found[1], []).append(entry)
        if "Thread starvation" in message and (found := _STARVED.search(message)):
            days, hours, minutes, seconds, millis = (int(part or 0) for part in found.groups())
            took = ((days * 24 + hours) * 60 + minutes) * 60 + seconds + millis / 1000
            self.stalls.append(Moment(record.time_ns, record.line, took))
        if "leak" not in message:
            return False
        if found := _LEAK.search(message):
            trace = parse_trace(record.rest)
            frames = trace.frames if trace else ()
            thread = found[2] or record.thread
            warning = LeakWarning(record.time_ns, thread, frames, record.line)
            self._leaks.append((found[1], warning))
            return True
        if found := _RETURNED.search(message):
            self._returned(found[1])
        return False

    def _timeout(self, text: str, record: Record) -> bool:
        found = _TIMEOUT.search(text)
        if found is None:
            return False
        # One failure is logged by the service, the dispatcher, …: same thread, same wait.
        same = (record.thread, f"{found[2]} {found[3]}")
        before = self._latest.get(same)
        self._latest[same] = record.time_ns
        if before is None or abs(record.time_ns - before) > _SAME_TIMEOUT:
            levels = _levels(found[3] or "")
            entry = (found[1], record.time_ns, int(found[2]) / 1000, levels, record.line)
            self._timeouts.append(entry)
        return True

    def _returned(self, connection: str) -> None:
        for index in range(len(self._leaks) - 1, -1, -1):
            name, warning = self._leaks[index]
            if name == connection and not warning.returned:
                self._leaks[index] = (name, replace(warning, returned=True))
                return

    def statistics(self) -> tuple[PoolStatistics, ...]:
        """Levels by pool."""
        found = []
        for pool, entries in sorted(self._levels.items()):
            entries.sort(key=lambda entry: entry[0])
            total, maximum, active, idle, waiting = np.array([entry[1] for entry in entries]).T
            found.append(
                PoolStatistics(
                    pool,
                    np.array([entry[0] for entry in entries], np.int64),
                    total,
                    active,
                    idle,
                    waiting,
                    maximum,
                    np.array([entry[2] for entry in entries], np.int64),
                    np.array([entry[3] for entry in entries], np.int64),
                )
            )
        return tuple(found)

    def timeouts(self) -> PoolTimeouts:
        """All timeouts, by time."""
        entries = sorted(self._timeouts, key=lambda entry: (entry[1], entry[4]))
        levels = np.array([entry[3] for entry in entries], np.float64).reshape(-1, 5).T
        total, _, active, idle, waiting = levels
        return PoolTimeouts(
            tuple(entry[0] for entry in entries),
            np.array([entry[1] for entry in entries], np.int64),
            np.array([entry[2] for entry in entries], np.float64),
            total,
            active,
            idle,
            waiting,
            np.array([entry[4] for entry in entries], np.int64),
        )

    def leaks(self) -> tuple[LeakWarning, ...]:
        """All leak warnings, in the order of the log."""
        return tuple(warning for _, warning in self._leaks)


def _levels(text: str) -> Levels:
    """Total, maximum, active, idle, waiting of "total=10/10, idle=0/10, active=10, waiting=3"."""
    found = {name: (value, most) for name, value, most in _LEVEL.findall(text)}

    def level(name: str, part: int = 0) -> float:
        value = found.get(name, ("", ""))[part]
        return float(value) if value else NAN

    return level("total"), level("total", 1), level("active"), level("idle"), level("waiting")
