"""The decorations in front of a unified JVM log line: which of them tell the time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from perfreport.model.units import NS_PER_MS, NS_PER_SECOND
from perfreport.sources._log_headers import zone_ns

DECORATED = re.compile(r"(?:\[[^\]\[]*\])+ ?")
_WALL = re.compile(
    r"((?:19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"\s*(Z|[+-]\d\d:?\d\d)?\s*"
)
_UPTIME = re.compile(r"\s*(\d{1,9})[.,](\d{1,9})s\s*")
_MILLIS = re.compile(r"\s*(\d{1,13})ms\s*")
_NANOS = re.compile(r"\s*(\d{1,18})ns\s*")
_EPOCH_MILLIS = 10**11  # uptime in milliseconds stays below: it would be three years


@dataclass(slots=True)
class Stamps:
    """Reads times from decorations, remembering where in the line they stand.

    `wall` and `uptime` are nanoseconds of the line read last (None where it has none);
    `zoned`: every wall time so far carried its offset.
    """

    wall: int | None = None
    uptime: int | None = None
    zoned: bool = True
    offset_ns: int = 0  # of the zone the wall times are written in
    walled: bool = False  # at least one line had a wall time
    monotonic: bool = False  # `uptime` is a monotonic clock of unknown start
    _minutes: dict[str, int] = field(default_factory=dict)
    _uptime_only: bool = False

    def quick(self, line: str) -> int | None:
        """Time of a decorated line, by the commonest layouts first; leaves `uptime` alone."""
        if line[20:21] == "." and line[29:30] == "]":
            base = self._minutes.get(line[1:17] + line[24:29])
            if base is not None:
                try:
                    self.wall = base + int(line[18:20]) * NS_PER_SECOND
                    self.wall += int(line[21:24]) * NS_PER_MS
                except ValueError:
                    return None
                return self.wall
        elif self._uptime_only:
            cell = line[1 : line.find("]")]
            if cell[-1:] == "s" and cell[-5:-4] == "." and len(cell) < 15:
                try:
                    return int(cell[:-5]) * NS_PER_SECOND + int(cell[-4:-1]) * NS_PER_MS
                except ValueError:
                    return None
        found = DECORATED.match(line)
        return None if found is None else self.read(found.group())

    def read(self, decorations: str) -> int | None:
        """Time of a line in ns: wall time if it has one, else uptime, else None."""
        self.wall = self.uptime = None
        for cell in decorations.strip()[1:-1].split("]["):
            if not cell or not (cell[0].isdigit() or cell[0] == " "):
                continue
            if found := _WALL.fullmatch(cell):
                self.wall = self._wall(found)
            elif self.uptime is None and (found := _UPTIME.fullmatch(cell)):
                whole, fraction = found.groups()
                self.uptime = int(whole) * NS_PER_SECOND + int(fraction.ljust(9, "0"))
            elif found := _MILLIS.fullmatch(cell):
                millis = int(found[1])
                if millis < _EPOCH_MILLIS:
                    self.uptime = millis * NS_PER_MS if self.uptime is None else self.uptime
                elif self.wall is None:
                    self.wall = millis * NS_PER_MS
            elif self.uptime is None and (found := _NANOS.fullmatch(cell)):
                self.uptime = int(found[1])
                self.monotonic = True
        self.walled = self.walled or self.wall is not None
        self._uptime_only = self.wall is None
        return self.wall if self.wall is not None else self.uptime

    def _wall(self, found: re.Match[str]) -> int | None:
        minute, seconds, fraction, zone = found.groups()
        base = self._minutes.get(minute + (zone or ""))
        if base is None:
            base = _minute_ns(minute, zone)
            if base is None:
                return self.wall
            self.zoned = self.zoned and zone is not None
            if zone is not None:
                self.offset_ns = zone_ns(zone)
            self._minutes[minute + (zone or "")] = base
        return base + int(seconds) * NS_PER_SECOND + int((fraction or "0").ljust(9, "0"))


def _minute_ns(minute: str, zone: str | None) -> int | None:
    """Epoch ns of a minute; without a zone it is read as if it were UTC."""
    try:
        moment = datetime.fromisoformat(f"{minute}:00{zone or '+00:00'}")
        return int(moment.astimezone(UTC).timestamp()) * NS_PER_SECOND
    except (ValueError, OverflowError):
        return None
