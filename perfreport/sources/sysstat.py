"""`mpstat`, `pidstat` and `sar` text output (sysstat): CPU, run queue, memory, by process.

All three print tables whose header line starts with a time and whose rows repeat it; the date
stands in the first line of the file, without a zone. Times that go back mean that midnight
passed. `Average:` rows and the per-CPU rows of `mpstat -P ALL` are not samples of the host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.signal import SignalKind
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.sources._host import HostSamples
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_BANNER = re.compile(r"^Linux \S+ .*\((\d+) CPU\)")
_DATE = re.compile(r"(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{2,4})")
_TIME = re.compile(r"^(?:#\s*)?(\d{1,2}):(\d{2}):(\d{2})(?:\s([AP]M))?\s+")
_HEADER = re.compile(r"^(?:#\s*Time|\d{1,2}:\d{2}:\d{2}(?:\s[AP]M)?)\s+(.*)$")
_DAY_NS = 86_400 * 1_000_000_000

_HOST = {  # column → signal, unit, factor
    "%usr": ("system.cpu.user", Unit.RATIO, 0.01),
    "%user": ("system.cpu.user", Unit.RATIO, 0.01),
    "%sys": ("system.cpu.system", Unit.RATIO, 0.01),
    "%system": ("system.cpu.system", Unit.RATIO, 0.01),
    "%iowait": ("system.cpu.iowait", Unit.RATIO, 0.01),
    "%steal": ("system.cpu.steal", Unit.RATIO, 0.01),
    "runq-sz": ("system.run.queue", Unit.COUNT, 1.0),
    "ldavg-1": ("system.load.average.1m", Unit.COUNT, 1.0),
    "kbmemfree": ("system.memory.free", Unit.BYTES, 1024.0),
    "%memused": ("system.memory.usage", Unit.RATIO, 0.01),
}
_PROCESS = {
    "%CPU": ("process.cpu.cores", Unit.CORES, 0.01),
    "RSS": ("process.memory.resident", Unit.BYTES, 1024.0),
}


def sniff(head: Head) -> float:
    """Certain with sysstat's banner and a table below it."""
    lines = head.text.splitlines()
    if any(_BANNER.match(line) for line in lines[:5]):
        return 1.0
    return 0.7 if any(_columns(line) for line in lines) else 0.0


def read(source_input: Input) -> Reading:
    """Read every table of the file."""
    tables = _Tables(source_input.name)
    for number, line in source_input.lines():
        tables.take(number, line)
    return tables.reading()


class _Tables:
    """State of one pass: the date, the header in force, the last time seen."""

    def __init__(self, name: str) -> None:
        self._samples = HostSamples()
        self._losses = Losses(name)
        self._columns: list[str] = []
        self._midnight_ns: int | None = None
        self._last_ns: int | None = None
        self._dialect = "sar"

    def take(self, number: int, line: str) -> None:
        text = line.strip()
        if not text or text.startswith("Average:"):
            return
        if _BANNER.match(text):
            self._midnight_ns = _midnight(text)
            self._last_ns = None
            return
        columns = _columns(text)
        if columns:
            self._columns = columns
            self._dialect = _dialect(columns)
            return
        time = _TIME.match(text)
        cells = text[time.end() :].split() if time else []
        if time is None or len(cells) < len(self._columns) or not self._columns:
            self._losses.add(number)
            return
        self._sample(self._time_ns(time), dict(zip(self._columns, cells, strict=False)))

    def _sample(self, time_ns: int | None, row: dict[str, str]) -> None:
        self._samples.row()
        if "Command" in row:
            labels = {"process": row["Command"], "pid": row.get("PID") or row.get("TGID", "")}
            self._add(_PROCESS, time_ns, row, labels)
        elif row.get("CPU", "all") == "all":
            self._add(_HOST, time_ns, row, {})
            idle = _number(row.get("%idle"))
            if idle is not None:
                self._samples.add(
                    "system.cpu.usage", SignalKind.GAUGE, Unit.RATIO, time_ns, (100 - idle) / 100
                )

    def _add(
        self,
        signals: dict[str, tuple[str, Unit, float]],
        time_ns: int | None,
        row: dict[str, str],
        labels: dict[str, str],
    ) -> None:
        for column, (signal, unit, factor) in signals.items():
            value = _number(row.get(column))
            if value is not None:
                self._samples.add(signal, SignalKind.GAUGE, unit, time_ns, value * factor, **labels)

    def _time_ns(self, time: re.Match[str]) -> int | None:
        if self._midnight_ns is None:
            return None
        hour, minute, second = int(time[1]), int(time[2]), int(time[3])
        if time[4]:
            hour = hour % 12 + (12 if time[4] == "PM" else 0)
        moment = self._midnight_ns + (hour * 3600 + minute * 60 + second) * 1_000_000_000
        if self._last_ns is not None and moment < self._last_ns - _DAY_NS // 2:
            self._midnight_ns += _DAY_NS
            moment += _DAY_NS
        self._last_ns = moment
        return moment

    def reading(self) -> Reading:
        return self._samples.reading(self._dialect, Clock(ClockKind.UNKNOWN), self._losses)


def _columns(line: str) -> list[str]:
    """Column names behind the time of a header line, or nothing."""
    header = _HEADER.match(line)
    if header is None:
        return []
    names = header[1].split()
    known = _HOST.keys() | _PROCESS.keys() | {"%idle"}
    return (
        names if known & set(names) and not any(_number(name) is not None for name in names) else []
    )


def _dialect(columns: list[str]) -> str:
    if "Command" in columns:
        return "pidstat"
    return "mpstat" if "%usr" in columns else "sar"


def _midnight(banner: str) -> int | None:
    date = _DATE.search(banner)
    if date is None:
        return None
    if date[1]:
        year, month, day = int(date[1]), int(date[2]), int(date[3])
    else:  # the American order is sysstat's default in the C locale
        month, day, year = int(date[4]), int(date[5]), int(date[6])
        year += 2000 if year < 100 else 0
    instant = find_instant(f"{year:04d}-{month:02d}-{day:02d} 00:00:00")
    return instant.ns if instant else None


def _number(cell: str | None) -> float | None:
    if cell is None:
        return None
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


PLUGIN = Source(id="sysstat", kind="host-stats", sniff=sniff, read=read)
