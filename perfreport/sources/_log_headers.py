"""The first line of a log record: time, level, thread, logger, message, in any usual pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from perfreport.model.applog import Level
from perfreport.model.units import NS_PER_SECOND

_DATE = r"(?:(\d{4}[-/]\d\d[-/]\d\d|\d\d-[A-Z][a-z]{2}-\d{4})[T ])?"
_CLOCK = r"(\d\d:\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z\b|UTC|[+-]\d\d:?\d\d(?!\d))?"
_WORD = r"(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE|CONFIG|FINE(?:R|ST)?)"
_TIME_FIRST = re.compile(rf"\[?{_DATE}{_CLOCK}[\]|]?(.{{0,120}}?)(?<![\w.]){_WORD}(?![\w.])")
_LEVEL_FIRST = re.compile(rf"[\[(]?{_WORD}\s*[\])|]?[\s|-]+\[?{_DATE}{_CLOCK}[\]|]?()")
_BOOT = re.compile(
    r"\s*(?:\[[^\]]*\]\s+)?(?:\S+\s+)?---\s+((?:\[[^\]]*\]\s*)+)(\S+)\s*: ?(.*)", re.DOTALL
)
_PLAIN = re.compile(
    r"[\s\]|:]*(?:\[([^\]]*)\][\s|]*)?([A-Za-z_$][\w.$\[\]/#-]*)?(?:[\s\]|]*\[[^\]]*\])*"
    r"(?:\s+--?\s+|\s*:\s+|\s+\|\s+)(.*)",
    re.DOTALL,
)
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_LEVELS = {
    "TRACE": Level.TRACE,
    "FINEST": Level.TRACE,
    "FINER": Level.TRACE,
    "DEBUG": Level.DEBUG,
    "FINE": Level.DEBUG,
    "CONFIG": Level.DEBUG,
    "INFO": Level.INFO,
    "WARN": Level.WARN,
    "WARNING": Level.WARN,
    "ERROR": Level.ERROR,
    "SEVERE": Level.ERROR,
    "FATAL": Level.FATAL,
}
_THREAD_WIDTH = 15  # Spring Boot pads and cuts thread names to this
_DAY = 86_400 * NS_PER_SECOND
_BACKWARDS = NS_PER_SECOND * 3600 * 6  # a clock that falls this far has passed midnight


@dataclass(frozen=True, slots=True)
class Header:
    """A record's first line, not yet looked at closely."""

    text: str
    level: Level
    date: str | None
    minute: str
    second: str
    fraction: str | None
    zone: str | None
    before: str  # what stands between time and level
    end: int  # where the level (or, in level-first patterns, the time) ends

    def parts(self) -> tuple[str, str, str]:
        """Thread, logger and message; empty where the pattern has none."""
        tail = self.text[self.end :]
        if found := _BOOT.match(tail):
            names = _BRACKETS.findall(found[1])
            padded = [name for name in names if len(name) == _THREAD_WIDTH]
            thread = padded[-1] if padded else names[0 if len(names) > 1 else -1]
            return thread.strip(), found[2], found[3]
        before = _BRACKETS.findall(self.before)
        if found := _PLAIN.match(tail):
            thread = before[0] if before else found[1] or ""
            return thread.strip(), found[2] or "", found[3]
        return (before[0].strip() if before else ""), "", tail.strip(" \t-:|]")


def header_of(line: str) -> Header | None:
    """Return the header if a line is the first one of a record, else None."""
    if found := _TIME_FIRST.match(line):
        date, minute, second, fraction, zone, before, word = found.groups()
    elif found := _LEVEL_FIRST.match(line):
        word, date, minute, second, fraction, zone, before = found.groups()
    else:
        return None
    return Header(line, _LEVELS[word], date, minute, second, fraction, zone, before, found.end())


@dataclass(slots=True)
class LogClock:
    """Times of headers in nanoseconds: UTC where they carry a zone.

    Without a zone the local time is read as if it were UTC; without a date the time of day counts
    from 1970-01-01, and a clock that falls back by hours has passed midnight.
    """

    zoned: bool = False
    offset_ns: int = 0  # of the zone the log is written in
    dated: bool = True
    _days: int = 0
    _latest: int = 0
    _minutes: dict[tuple[str | None, str, str | None], int] = field(default_factory=dict)

    def time(self, header: Header) -> int:
        """Return the time of a header; that of the record before if it is no possible time."""
        key = (header.date, header.minute, header.zone)
        base = self._minutes.get(key)
        if base is None:
            base = _minute_ns(*key)
            if base is None:
                return self._latest
            if len(self._minutes) > 1 << 16:
                self._minutes.clear()
            self._minutes[key] = base
            if header.zone is not None:
                self.zoned, self.offset_ns = True, zone_ns(header.zone)
            self.dated = header.date is not None
        time = base + int(header.second) * NS_PER_SECOND
        time += int((header.fraction or "0").ljust(9, "0"))
        if header.date is None:
            time += self._days * _DAY
            if time < self._latest - _BACKWARDS:
                self._days += 1
                time += _DAY
        self._latest = time
        return time


def zone_ns(zone: str) -> int:
    """Nanoseconds east of UTC of "Z", "UTC", "+0900" or "+09:00"."""
    if zone[:1] not in "+-":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-1 if zone[0] == "-" else 1) * minutes * 60 * NS_PER_SECOND


def _minute_ns(date: str | None, minute: str, zone: str | None) -> int | None:
    day = (date or "1970-01-01").replace("/", "-")
    offset = "+00:00" if zone in {None, "Z", "UTC"} else zone
    try:
        if day[2] == "-":
            day = datetime.strptime(day, "%d-%b-%Y").replace(tzinfo=UTC).strftime("%Y-%m-%d")
        moment = datetime.fromisoformat(f"{day}T{minute}:00{offset}")
        if not 1970 <= moment.year <= 2200:
            return None
        return int(moment.timestamp()) * NS_PER_SECOND
    except (ValueError, OverflowError):
        return None
