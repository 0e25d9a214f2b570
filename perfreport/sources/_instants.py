"""Times as people and shells write them between dumps: ISO 8601, `date`, epochs.

Not for the hot path of a log: one regular expression per shape, tried in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?(?![\w:])"
)
_DATE = re.compile(  # Sun Nov 22 13:50:52 UTC 2026, or with the year before the zone
    r"(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})"
    r"(?:\s+([AP]M))?\s+([A-Z]{3,4}|[+-]\d{4})?\s*(\d{4})"
)
_DAY_FIRST = re.compile(  # Sun 22 Nov 2026 01:50:52 PM UTC, and the Date header of HTTP
    r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(?: ([AP]M))?"
    r"(?: ([A-Z]{3,4}|[+-]\d{2}:?\d{2}))?"
)
_KOREAN_DATE = re.compile(  # 2026. 11. 22. (day) 22:50:52 KST
    r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\. ?\(\w\) ?(?:(\w{2}) )?"
    r"(\d{1,2}):(\d{2}):(\d{2}) ?([A-Z]{3,4})?"
)
_EPOCH = re.compile(r"(?<![\d.:-])(1[0-9]{9})(?:(\d{3})(\d{6})?)?(?:\.(\d{1,9}))?(?![\d:-])")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        start=1,
    )
}
# Zone names that have one meaning in practice; any other name leaves the time without a zone.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "KST": 9 * 60, "JST": 9 * 60}
_AFTERNOON = {"PM", "\uc624\ud6c4"}
_MORNING = {"AM", "\uc624\uc804"}


@dataclass(frozen=True, slots=True)
class Instant:
    """A time in nanoseconds: UTC if `zoned`, else a wall clock read as if it were UTC."""

    ns: int
    zoned: bool


def find_instant(text: str) -> Instant | None:
    """Return the first time written in `text`, or None."""
    for shape in (_iso, _date, _day_first, _korean, _epoch):
        found = shape(text)
        if found is not None:
            return found
    return None


def _iso(text: str) -> Instant | None:
    match = _ISO.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    return _instant(
        (int(year), int(month), int(day), int(hour), int(minute), int(second or 0)),
        zone,
        int((fraction or "0").ljust(9, "0")),
    )


def _date(text: str) -> Instant | None:
    match = _DATE.search(text)
    if match is None or match[1] not in _MONTHS:
        return None
    month, day, hour, minute, second, half, zone, year = match.groups()
    return _instant(
        (int(year), _MONTHS[month], int(day), _hour(int(hour), half), int(minute), int(second)),
        zone,
    )


def _day_first(text: str) -> Instant | None:
    match = _DAY_FIRST.search(text)
    if match is None or match[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second, half, zone = match.groups()
    return _instant(
        (int(year), _MONTHS[month], int(day), _hour(int(hour), half), int(minute), int(second)),
        zone,
    )


def _korean(text: str) -> Instant | None:
    match = _KOREAN_DATE.search(text)
    if match is None:
        return None
    year, month, day, half, hour, minute, second, zone = match.groups()
    return _instant(
        (int(year), int(month), int(day), _hour(int(hour), half), int(minute), int(second)), zone
    )


def _epoch(text: str) -> Instant | None:
    match = _EPOCH.search(text)
    if match is None:
        return None
    seconds, millis, nanos, fraction = match.groups()
    rest = int((millis or "") + (nanos or "") or 0) * (1 if nanos else 1_000_000 if millis else 0)
    return Instant(int(seconds) * 1_000_000_000 + rest + int((fraction or "0").ljust(9, "0")), True)


def _hour(hour: int, half: str | None) -> int:
    if half in _AFTERNOON:
        return hour % 12 + 12
    return hour % 12 if half in _MORNING else hour


def _instant(
    wall: tuple[int, int, int, int, int, int], zone: str | None, nanoseconds: int = 0
) -> Instant | None:
    if not 1970 < wall[0] < 2200:  # beyond what nanoseconds in 64 bits can hold is no time
        return None
    minutes = _zone_minutes(zone)
    try:
        moment = datetime(*wall, tzinfo=timezone(timedelta(minutes=minutes or 0)))
    except ValueError:
        return None
    epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = epoch.days * 86400 + epoch.seconds
    return Instant(seconds * 1_000_000_000 + nanoseconds, zoned=minutes is not None)


def _zone_minutes(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone in _ZONES:
        return _ZONES[zone]
    if zone[0] not in "+-":
        return None
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes
