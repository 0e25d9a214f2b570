"""Columns a GC log fills while it is read, and the fact they become."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from perfreport.model.jvm import (
    Cycles,
    GaugeSeries,
    GcLog,
    Pauses,
    Safepoints,
    Stalls,
    Trouble,
    Troubles,
    Vm,
)
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.source import SourceRef, SummaryValue

NAN = float("nan")
_SIZES = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def size(number: str, unit: str) -> float:
    """Bytes of "24.0" "M"; a decimal comma is a decimal point."""
    return float(number.replace(",", ".")) * _SIZES[unit.upper()]


class Names(dict[str, int]):
    """Strings numbered in the order they come."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


class Rows(list[tuple[Any, ...]]):
    """Rows of numbers, the first of each a time in ns; packed away now and then.

    A million rows as tuples take half a gigabyte; packed they take a tenth of it.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width
        self._packed: list[tuple[Integers, Floats]] = []

    def pack(self) -> None:
        """Turn the rows into arrays."""
        if self:
            times = np.array([row[0] for row in self], np.int64)
            self._packed.append((times, np.array([row[1:] for row in self], np.float64)))
            self.clear()

    @property
    def size(self) -> int:
        """Rows in all, packed ones included."""
        return len(self) + sum(len(times) for times, _ in self._packed)

    def columns(self) -> tuple[Integers, list[Floats]]:
        """Times, and the other columns, all in the order of time."""
        self.pack()
        if not self._packed:
            return np.empty(0, np.int64), [np.empty(0) for _ in range(self._width - 1)]
        times = np.concatenate([times for times, _ in self._packed])
        cells = np.concatenate([cells for _, cells in self._packed])
        self._packed = [(times, cells)]
        order = np.argsort(times, kind="stable")
        return times[order], [np.ascontiguousarray(column) for column in cells[order].T]


@dataclass(slots=True)
class Columns:
    """What has been read so far. Times are nanoseconds of the log's own clock.

    Pauses: start, seconds, full, inside, phase, cause, before, after, capacity, promoted, line;
    stalls: start, seconds, thread, relocation, line; cycles: end, seconds, name, before, after,
    line; safepoints: start, seconds, reaching, operation, line; troubles: time, kind, line.
    """

    pauses: Rows = field(default_factory=lambda: Rows(11))
    phases: Names = field(default_factory=Names)
    causes: Names = field(default_factory=Names)
    stalls: Rows = field(default_factory=lambda: Rows(5))
    threads: Names = field(default_factory=Names)
    cycles: Rows = field(default_factory=lambda: Rows(6))
    cycle_names: Names = field(default_factory=Names)
    safepoints: Rows = field(default_factory=lambda: Rows(5))
    operations: Names = field(default_factory=Names)
    troubles: Rows = field(default_factory=lambda: Rows(3))
    trouble_kinds: Names = field(default_factory=Names)
    humongous: Rows = field(default_factory=lambda: Rows(2))
    metaspace: Rows = field(default_factory=lambda: Rows(2))
    restarts: list[int] = field(default_factory=list)
    first_id: int | None = None
    last_id: int | None = None

    def trouble(self, kind: Trouble, time_ns: int, line: int) -> None:
        """Note trouble at a time; the same kind within one line counts once."""
        entry = (time_ns, self.trouble_kinds[kind], line)
        if not self.troubles or self.troubles[-1] != entry:
            self.troubles.append(entry)

    def mark_inside(self) -> None:
        """Mark the last pause as one within the pause that comes next."""
        if self.pauses:
            self.pauses[-1] = (*self.pauses[-1][:3], True, *self.pauses[-1][4:])

    def pack(self) -> None:
        """Keep memory low; called now and then."""
        last = self.pauses.pop() if self.pauses else None
        for rows in (self.pauses, self.stalls, self.cycles, self.safepoints):
            rows.pack()
        self.humongous.pack()
        self.metaspace.pack()
        if last is not None:
            self.pauses.append(last)

    @property
    def records(self) -> int:
        """Events understood."""
        events = (self.pauses, self.stalls, self.cycles, self.safepoints)
        return sum(rows.size for rows in events)

    def fact(self, source: SourceRef, vm: Vm, start_ns: int, end_ns: int) -> GcLog:
        """Freeze everything read into a fact of `source`, each series in the order of time."""
        return GcLog(
            source=source,
            vm=vm,
            start_ns=start_ns,
            end_ns=end_ns,
            pauses=self._frozen_pauses(),
            stalls=self._frozen_stalls(),
            cycles=self._frozen_cycles(),
            safepoints=self._frozen_safepoints(),
            troubles=self._frozen_troubles(),
            humongous=_gauge(self.humongous),
            metaspace=_gauge(self.metaspace),
            restarts_ns=tuple(self.restarts),
            first_id=self.first_id,
            last_id=self.last_id,
        )

    def summary(self, vm: Vm) -> tuple[tuple[str, SummaryValue], ...]:
        """The keys that `inspect` prints for a GC log; times in seconds."""
        pauses, stalls = self._frozen_pauses(), self._frozen_stalls()
        return (
            ("collector", vm.collector.value if vm.collector else None),
            ("pauses", len(pauses)),
            ("pause_total", round(pauses.total, 9)),
            ("pause_max", round(float(pauses.seconds.max(initial=0.0)), 9)),
            ("full_gcs", int(pauses.full.sum())),
            ("allocation_stalls", int((~stalls.relocation).sum())),
        )

    def _frozen_pauses(self) -> Pauses:
        start, cells = self.pauses.columns()
        seconds, full, inside, phase, cause, before, after, capacity, promoted, line = cells
        return Pauses(
            start,
            seconds,
            full.astype(bool),
            inside.astype(bool),
            phase.astype(np.int64),
            cause.astype(np.int64),
            before,
            after,
            capacity,
            promoted,
            line.astype(np.int64),
            tuple(self.phases),
            tuple(self.causes),
        )

    def _frozen_stalls(self) -> Stalls:
        start, (seconds, thread, relocation, line) = self.stalls.columns()
        return Stalls(
            start,
            seconds,
            thread.astype(np.int64),
            relocation.astype(bool),
            line.astype(np.int64),
            tuple(self.threads),
        )

    def _frozen_cycles(self) -> Cycles:
        end, (seconds, name, before, after, line) = self.cycles.columns()
        return Cycles(
            end,
            seconds,
            name.astype(np.int64),
            before,
            after,
            line.astype(np.int64),
            tuple(self.cycle_names),
        )

    def _frozen_safepoints(self) -> Safepoints:
        start, (seconds, reaching, operation, line) = self.safepoints.columns()
        return Safepoints(
            start,
            seconds,
            reaching,
            operation.astype(np.int64),
            line.astype(np.int64),
            tuple(self.operations),
        )

    def _frozen_troubles(self) -> Troubles:
        times, (kind, line) = self.troubles.columns()
        kinds = tuple(map(Trouble, self.trouble_kinds))
        return Troubles(times, kind.astype(np.int64), line.astype(np.int64), kinds)


def after_pause(time_ns: int, seconds: float) -> int:
    """Start of a pause whose end was logged."""
    return time_ns - round(seconds * NS_PER_SECOND)


def _gauge(rows: Rows) -> GaugeSeries:
    times, (values,) = rows.columns()
    return GaugeSeries(times, values)
