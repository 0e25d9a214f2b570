"""`jstat -gcutil`, `-gc`, `-gccause`, `-gccapacity`, …: with or without Timestamp and repeats.

In: a header of column names, rows of numbers split by blanks. Out: one JstatTable per header, and
the counters among them as signals. YGC, FGC, CGC are counted since the JVM started; what happened
during the test is last row minus first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.jvm import Collector, JstatTable
from perfreport.model.message import message
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import NS_PER_SECOND, Unit
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats
    from perfreport.model.message import Message
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input

_HEADER = re.compile(r"\s*(?:Timestamp\s+)?(?:S0C?|NGCMN|MCMN|OGCMN|MC|EC|OC)\s+[A-Z0-9\s]+")
_CLASSES = re.compile(r"\s*(?:Timestamp\s+)?Loaded\s+Bytes\s+Unloaded\s+Bytes\s+Time\s*")
_NUMBER = re.compile(r"-|\d{1,15}(?:[.,]\d{1,9})?")
_SHARES = frozenset({"S0", "S1", "E", "O", "M", "CCS", "P"})
_COUNTS = frozenset({"YGC", "FGC", "CGC", "TT", "MTT"})
_SECONDS = frozenset({"YGCT", "FGCT", "CGCT", "GCT"})
_NAN = float("nan")
_USED = ("S0U", "S1U", "EU", "OU")
# "G1 Evacuation Pause" is one cause of two words or more: how the causes of -gccause end.
_CAUSES = re.compile(r"\s{2,}")


@dataclass(slots=True)
class _Rows:
    """Rows under one header."""

    names: tuple[str, ...]
    stamped: bool
    caused: bool
    rows: list[list[float]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    causes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, number: int, line: str, dated: int | None) -> bool:
        """Take in a row; False if it doesn't fit the header."""
        wanted = len(self.names) + self.stamped
        cells = line.split(None, wanted)
        if len(cells) < wanted or not all(map(_NUMBER.fullmatch, cells[:wanted])):
            return False
        if len(cells) > wanted and not self.caused:
            return False
        values = [_value(cell) for cell in cells[:wanted]]
        uptime = values.pop(0) if self.stamped else _NAN
        if dated is not None:
            self.times.append(dated)
        elif uptime == uptime:  # noqa: PLR0124 - not NaN
            self.times.append(round(uptime * NS_PER_SECOND))
        self.rows.append([_scaled(*one) for one in zip(self.names, values, strict=True)])
        self.lines.append(number)
        if self.caused:
            last, _, current = _cut(cells[wanted] if len(cells) > wanted else "")
            self.causes.append((last, current))
        return True

    def table(self, source: SourceRef) -> JstatTable:
        """Freeze the rows."""
        cells = np.array(self.rows, np.float64).reshape(len(self.rows), len(self.names))
        times = self.times if len(self.times) == len(self.rows) else []
        return JstatTable(
            source,
            np.array(times, np.int64),
            tuple(zip(self.names, cells.T, strict=True)),
            np.array(self.lines, np.int64),
            tuple(self.causes),
            self.collector(),
        )

    def collector(self) -> Collector | None:
        """The collector, as far as the causes tell it."""
        said = " ".join(f"{last} {current}" for last, current in self.causes)
        if "G1 " in said:
            return Collector.G1
        if "Allocation Rate" in said or "Allocation Stall" in said:
            minor = any(row[self.names.index("YGC")] >= 0 for row in self.rows)
            return Collector.GENERATIONAL_ZGC if minor else Collector.ZGC
        return Collector.PARALLEL if "Ergonomics" in said else None


def sniff(head: Head) -> float:
    """Look for a header with columns that jstat alone has."""
    lines = head.lines[:200]
    for index, line in enumerate(lines):
        if _HEADER.fullmatch(_without_causes(line)) and {"YGC", "GCT", "MC"} & set(line.split()):
            names = _names(line)
            if names is None:
                continue
            following = [row for row in lines[index + 1 : index + 4] if row.strip()]
            rows = [row for row in following if _NUMBER.fullmatch((row.split() or ["x"])[0])]
            return 0.95 if rows else 0.7
        if _CLASSES.fullmatch(line):
            return 0.8
    return 0.0


def read(source: Input) -> Reading:
    """Read every table."""
    losses = Losses(source.name)
    tables: list[_Rows] = []
    dated: int | None = None
    zoned = True
    ignored = False
    for number, line in source.lines():
        if not line.strip():
            continue
        names = _names(line)
        if names is not None:
            ignored = False
            stamped, caused = line.split()[0] == "Timestamp", "LGCC" in line
            if not tables or (tables[-1].names, tables[-1].stamped) != (names, stamped):
                tables.append(_Rows(names, stamped, caused))
        elif _CLASSES.fullmatch(line):
            ignored = True  # class counts say nothing of memory
        elif tables and not ignored and tables[-1].add(number, line, dated):
            dated = None
        elif ":" in line and (instant := find_instant(line)) is not None:
            dated, zoned = instant.ns, zoned and instant.zoned
        elif not ignored:
            losses.add(number)
    filled = [table for table in tables if table.rows]
    return _reading(filled, losses, zoned=zoned)


def _reading(tables: list[_Rows], losses: Losses, *, zoned: bool) -> Reading:
    times = [
        time for table in tables if len(table.times) == len(table.rows) for time in table.times
    ]
    wall = bool(times) and min(times) > 20 * 365 * 86_400 * NS_PER_SECOND
    single = any(len(table.rows) == 1 and "YGC" in table.names for table in tables)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        found = [table.table(ref) for table in tables]
        series = [one for table in found for one in _signals(table)]
        signals = (Signals(ref, tuple(series), np.unique(times)),) if series else ()
        return (*found, *signals)

    notes: tuple[Message, ...] = (message("note.jstat-since-start"),) if single else ()
    return Reading(
        facts=facts,
        records=sum(len(table.rows) for table in tables),
        skipped=losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=_clock(times, wall=wall, zoned=zoned),
        dialect="jstat",
        problems=losses.problems(),
        notes=notes,
        summary=_summary(tables),
    )


def _clock(times: list[int], *, wall: bool, zoned: bool) -> Clock:
    if not times:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jstat-no-times"))
    if not wall:
        return Clock(ClockKind.RELATIVE, reason=message("clock.jstat-uptime-only"))
    if not zoned:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jvm-local-time"))
    return Clock(ClockKind.UTC)


def _summary(tables: list[_Rows]) -> tuple[tuple[str, SummaryValue], ...]:
    """What happened between first and last row; since the JVM started for a single row."""
    best = max((one for one in tables if "YGC" in one.names), key=_length, default=None)
    counts: dict[str, float] = {}
    if best is not None:
        for index, name in enumerate(best.names):
            known = [row[index] for row in best.rows if row[index] >= 0]
            if known and name in _COUNTS | _SECONDS:
                counts[name] = known[-1] - known[0] if len(best.rows) > 1 else known[-1]
    collector = next((one.collector() for one in tables if one.collector()), None)
    pauses = [counts[name] for name in ("YGC", "FGC", "CGC") if name in counts]
    return (
        ("collector", collector.value if collector else None),
        ("pauses", int(sum(pauses)) if pauses else None),
        ("pause_total", round(counts["GCT"], 6) if "GCT" in counts else None),
        ("pause_max", None),
        ("full_gcs", int(counts["FGC"]) if "FGC" in counts else None),
        ("allocation_stalls", None),
    )


def _signals(table: JstatTable) -> list[SignalSeries]:
    """Collections and their time as counters, heap in use as a gauge."""
    if not len(table.times_ns):
        return []
    times, order = np.unique(table.times_ns, return_index=True)
    columns = dict(table.columns)
    found: list[tuple[str, Part, SignalKind, Unit, Floats]] = []
    if "GCT" in columns and "YGC" in columns:
        counters = [columns[name] for name in ("YGC", "FGC", "CGC") if name in columns]
        counted = np.nansum(np.array(counters), axis=0)
        found += [
            ("jvm.gc.pause", Part.COUNT, SignalKind.COUNTER, Unit.COUNT, counted),
            ("jvm.gc.pause", Part.TOTAL, SignalKind.COUNTER, Unit.SECONDS, columns["GCT"]),
        ]
    if "OU" in columns and "EU" in columns:
        used = np.nansum(np.array([columns[name] for name in _USED if name in columns]), axis=0)
        found.append(("jvm.memory.used", Part.VALUE, SignalKind.GAUGE, Unit.BYTES, used))
    return [
        SignalSeries(
            name, part, kind, unit, (("area", "heap"),) if "memory" in name else (), times,
            values[order],
        )
        for name, part, kind, unit, values in found
    ]  # fmt: skip


def _names(line: str) -> tuple[str, ...] | None:
    """Column names of a header line, without Timestamp and causes; None if it is none."""
    plain = _without_causes(line)
    if not _HEADER.fullmatch(plain):
        return None
    return tuple(name for name in plain.split() if name != "Timestamp")


def _without_causes(line: str) -> str:
    return re.sub(r"\s+LGCC\s+GCC\s*$", "", line)


def _value(cell: str) -> float:
    return _NAN if cell == "-" else float(cell.replace(",", "."))


def _scaled(name: str, value: float) -> float:
    """A value in its base unit: ratio, count, seconds or bytes."""
    if name in _SHARES:
        return value / 100
    return value if name in _COUNTS | _SECONDS else value * 1024


def _cut(text: str) -> tuple[str, str, str]:
    """Last and current cause: "No GC                G1 Evacuation Pause "."""
    parts = _CAUSES.split(text.strip(), maxsplit=1)
    if len(parts) == 1:  # a cause as wide as its column leaves one blank only
        for end in (" No GC", " G1 Evacuation Pause", " Allocation Failure"):
            if text.strip().endswith(end) and text.strip() != end.strip():
                return text.strip().removesuffix(end), " ", end.strip()
    return parts[0], " ", parts[1] if len(parts) > 1 else ""


def _length(table: _Rows) -> int:
    return len(table.rows)


PLUGIN = Source("jstat", "jstat", sniff, read)
