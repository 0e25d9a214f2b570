"""One `SHOW ENGINE INNODB STATUS`, read section by section."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from perfreport.model.database import InnodbSnapshot
from perfreport.sources._innodb_deadlock import DeadlockReader, lock_of
from perfreport.sources._instants import Instant, find_instant

_SECTIONS = frozenset({
    "BACKGROUND THREAD", "SEMAPHORES", "LATEST FOREIGN KEY ERROR", "LATEST DETECTED DEADLOCK",
    "TRANSACTIONS", "FILE I/O", "INSERT BUFFER AND ADAPTIVE HASH INDEX", "LOG",
    "BUFFER POOL AND MEMORY", "INDIVIDUAL BUFFER POOL INFO", "ROW OPERATIONS",
})  # fmt: skip
_WAITED = re.compile(r"--Thread \d+ has waited at .*? for ([\d.]+) seconds")
_ACTIVE = re.compile(r"---TRANSACTION \S+, ACTIVE (?:\(PREPARED\) )?(\d+) sec")
_TRX_WAITED = re.compile(r"-+ TRX HAS BEEN WAITING (\d+) (us|ns|SEC)\b", re.IGNORECASE)
_WAIT_UNITS = {"us": 1e-6, "ns": 1e-9, "sec": 1.0}
_FIGURES = {
    "history_list": re.compile(r"History list length (\d+)"),
    "pages": re.compile(r"Buffer pool size\s+(\d+)"),
    "free": re.compile(r"Free buffers\s+(\d+)"),
    "dirty": re.compile(r"Modified db pages\s+(\d+)"),
    "pending_reads": re.compile(r"Pending reads\s+(\d+)"),
    "pending_fsyncs": re.compile(r"Pending flushes \(fsync\)(?: log)?: (\d+)"),
}
_HIT_RATE = re.compile(r"Buffer pool hit rate (\d+) / (\d+)")
_RATES = re.compile(r"([\d.]+) reads/s, .*?([\d.]+) fsyncs/s")


@dataclass(slots=True)
class SnapshotReader:
    """Takes the lines of one report; `snapshot` is what it said."""

    line: int
    instant: Instant | None  # as written by whoever took the report
    own: Instant | None = None  # as InnoDB wrote it, on the server's clock
    deadlocks: list[DeadlockReader] = field(default_factory=list)
    _section: str = ""
    _figures: dict[str, int] = field(default_factory=dict)
    _semaphores: list[float] = field(default_factory=list)
    _active: list[float] = field(default_factory=list)
    _waits: list[float] = field(default_factory=list)
    _tables: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    _waiting: int = 0
    _deadlock_over: bool = False
    _hit: float | None = None
    _rates: tuple[float, float] | None = None

    def feed(self, number: int, text: str) -> None:
        """Take one line."""
        if text.strip() in _SECTIONS:
            self._section = text.strip()
            if self._section == "LATEST DETECTED DEADLOCK":
                self.deadlocks.append(DeadlockReader(number))
                self._deadlock_over = False
        elif self._section == "LATEST DETECTED DEADLOCK":
            deadlock = self.deadlocks[-1]
            if deadlock.time_ns is None and (found := find_instant(text[:40])):
                deadlock.time_ns = found.ns
            if not self._deadlock_over:
                self._deadlock_over = deadlock.feed(text)
        elif self._section == "TRANSACTIONS":
            self._transaction_line(text)
        elif self._section == "SEMAPHORES":
            if waited := _WAITED.match(text):
                self._semaphores.append(float(waited[1]))
        elif self._section in {"FILE I/O", "BUFFER POOL AND MEMORY"}:
            self._pool_line(text)

    def _transaction_line(self, text: str) -> None:
        if active := _ACTIVE.match(text):
            self._active.append(float(active[1]))
        elif text.startswith("LOCK WAIT "):
            self._waiting += 1
        elif waited := _TRX_WAITED.match(text):
            self._waits.append(int(waited[1]) * _WAIT_UNITS[waited[2].lower()])
        elif text.rstrip().endswith(" waiting") and (lock := lock_of(text)) and lock[0]:
            self._tables[lock[0], lock[1]] += 1
        elif found := _FIGURES["history_list"].match(text):
            self._figures.setdefault("history_list", int(found[1]))

    def _pool_line(self, text: str) -> None:
        for name, pattern in _FIGURES.items():
            if found := pattern.match(text):
                self._figures.setdefault(name, int(found[1]))
        if (rate := _HIT_RATE.match(text)) and int(rate[2]):
            self._hit = int(rate[1]) / int(rate[2])
        if self._section == "FILE I/O" and (rates := _RATES.match(text)):
            self._rates = float(rates[1]), float(rates[2])

    def snapshot(self) -> InnodbSnapshot:
        """Return the report; its time is that of the marker before it, else InnoDB's own."""
        instant = self.instant or self.own
        figures = self._figures
        return InnodbSnapshot(
            time_ns=instant.ns if instant else None,
            line=self.line,
            history_list=figures.get("history_list"),
            transactions_active=len(self._active),
            transactions_waiting=self._waiting,
            longest_wait=max(self._waits, default=None),
            longest_active=max(self._active, default=None),
            semaphore_waits=len(self._semaphores),
            longest_semaphore_wait=max(self._semaphores, default=None),
            buffer_pool_pages=figures.get("pages"),
            buffer_pool_free=figures.get("free"),
            buffer_pool_dirty=figures.get("dirty"),
            buffer_pool_hit_ratio=self._hit,
            pending_reads=figures.get("pending_reads"),
            pending_fsyncs=figures.get("pending_fsyncs"),
            fsyncs_per_second=self._rates[1] if self._rates else None,
            reads_per_second=self._rates[0] if self._rates else None,
            waits_by_table=tuple(
                (table, index, count)
                for (table, index), count in sorted(
                    self._tables.items(), key=lambda item: (-item[1], str(item[0]))
                )
            ),
        )
