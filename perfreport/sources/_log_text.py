"""Text lines of an application log, put together to records; other tools' lines set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.applog import Level
from perfreport.sources._foreign import Unread
from perfreport.sources._log_events import Events, Record
from perfreport.sources._log_headers import LogClock, header_of

if TYPE_CHECKING:
    from perfreport.sources._log_headers import Header

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_GC = re.compile(
    r"(?:\[[^\]\[]*\])* ?(?:GC\(\d+\) |Safepoint \"|Allocation Stall \()"
    r"|\[[^\]]*\](?:\[[^\]]*\])*\[(?:gc|safepoint)[ ,\]]"
    r"|(?:\d{4}-\d\d-\d\dT[\d:.,]+[+-]\d{4}: )?\d+[.,]\d{3}: (?:#\d+: )?\[(?:Full )?GC\b"
)
_GC_TREE = re.compile(
    r" {1,12}\[(?:Parallel|GC Worker|Eden|Times|Code Root|Clear CT|Other|Ext Root)"
)
_DUMP_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s*")
_DUMP = "Full thread dump"
_BANNER = re.compile(r":: (Spring Boot) ::\s+\(v?([\w.+-]{1,30})\)")
_WORTH = ("HikariPool", "hikari", "Started ", "Stopping service", "shutdown", "Shutdown")
_LONGEST_REST = 400
_CAUSES_KEPT = re.compile(r"\s*(?:Caused by|Wrapped by): ")


@dataclass(slots=True)
class LogText:
    """Takes lines one by one; `finish` closes the last record."""

    events: Events = field(default_factory=Events)
    clock: LogClock = field(default_factory=LogClock)
    gc: Unread = field(default_factory=Unread)
    dumps: Unread = field(default_factory=Unread)
    stray: list[int] = field(default_factory=list)  # lines that belong to no record
    lines: int = 0
    first_ns: int | None = None
    last_ns: int = 0  # time of the record read last
    end_ns: int = 0
    _header: Header | None = None
    _latest: Header | None = None
    _line: int = 0
    _rest: list[str] = field(default_factory=list)
    _in_dump: bool = False

    def add(self, number: int, line: str) -> None:
        """Take in one line."""
        self.lines += 1
        if "\x1b" in line:
            line = _ANSI.sub("", line)
        start = line[:1]
        if not start or start in "\t ":
            if self._in_dump:
                self.dumps.add(number, line)
            elif ":: Spring Boot ::" in line and (found := _BANNER.search(line)):
                self.events.framework = f"{found[1]} {found[2]}"
            else:
                self._continue(number, line)
            return
        header = header_of(line)
        if header is not None:
            self.finish()
            self._in_dump = False
            self._header, self._line = header, number
        elif (start in "[G" or start.isdecimal()) and _GC.match(line):
            self.gc.add(number, line)
        else:
            self._other(number, line)

    def _other(self, number: int, line: str) -> None:
        """A line that starts in the first column and is no record."""
        if line.startswith(_DUMP):
            self._in_dump = True
            if self._rest and _DUMP_TIME.fullmatch(self._rest[-1]):
                self.dumps.add(number - 1, self._rest.pop())
        if self._in_dump:
            self.dumps.add(number, line)
        elif line.startswith("Exception in thread "):
            self._uncaught(number, line)
        else:
            self._continue(number, line)

    def _continue(self, number: int, line: str) -> None:
        if self._header is None and not self._rest:
            if self.events.levels and line and not line.isspace():
                self.stray.append(number)
            return
        if len(self._rest) < _LONGEST_REST or _CAUSES_KEPT.match(line):
            self._rest.append(line)

    def _uncaught(self, number: int, line: str) -> None:
        """Note an exception that no logger caught: the JVM printed it without time or level."""
        self.finish()
        self._line = number
        self._rest.append(line)

    def finish(self) -> None:
        """Close the record that is open."""
        header, rest = self._header, self._rest
        self._header, self._rest = None, []
        if header is None:
            if rest and rest[0].startswith("Exception in thread "):
                self.events.levels[Level.ERROR] += 1
                thread = rest[0].split('"')[1] if rest[0].count('"') > 1 else ""
                record = Record(self._line, self.last_ns, Level.ERROR, thread, "", "", tuple(rest))
                self.events.add(record)
            return
        self.events.levels[header.level] += 1
        worth = header.level >= Level.WARN or any(word in header.text for word in _WORTH)
        worth = worth or (len(rest) > 1 and any("\tat " in line for line in rest))
        if worth or header.date is None or self.first_ns is None:
            self._date(header)
        self._latest = header
        if worth:
            thread, logger, message = header.parts()
            time = self.last_ns
            self.events.add(
                Record(self._line, time, header.level, thread, logger, message, tuple(rest))
            )

    def record(self, record: Record, *, zoned: bool) -> None:
        """Take in a record that came in one piece."""
        self.finish()
        self._in_dump = False
        self.clock.zoned = self.clock.zoned or zoned
        self.events.levels[record.level] += 1
        self._reached(record.time_ns)
        self.events.add(record)

    def close(self) -> None:
        """Close the last record and date the end of the log."""
        self.finish()
        if self._latest is not None and self._latest.date is not None:
            self._date(self._latest)

    def _date(self, header: Header) -> None:
        self._reached(self.clock.time(header))

    def _reached(self, time: int) -> None:
        self.last_ns = time
        self.first_ns = time if self.first_ns is None else min(self.first_ns, time)
        self.end_ns = max(self.end_ns, time)
