"""Times as people and tools write them: ISO 8601, `date` output, HTTP dates, epoch numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from perfreport.model.units import NS_PER_SECOND

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
# Only abbreviations that mean one offset everywhere: CST is Chicago and Shanghai.
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "kst": 540, "jst": 540, "hkt": 480, "sgt": 480, "cet": 60,
          "cest": 120, "msk": 180, "est": -300, "edt": -240, "cdt": -300, "pst": -480,
          "pdt": -420}  # fmt: skip
_ISO = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[T ]+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?)?"
    r"(?:\s*(?P<half>[AaPp][Mm]))?"
    r"(?:\s*(?P<zone>Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2}(?!\d)))?"
)
# `date` (Sun Nov 22 20:27:48 KST 2026), `date -R` and HTTP (Sun, 22 Nov 2026 12:27:48 GMT)
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
    r"(?:(?P<month1>[A-Z][a-z]{2})\s+(?P<day1>\d{1,2})|(?P<day2>\d{1,2})\s+(?P<month2>[A-Z][a-z]{2}))"
    r"(?:\s+(?P<year1>\d{4}))?,?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?"
    r"(?:\s*(?P<half>[AaPp][Mm]))?"
    r"(?:\s+(?P<zone>Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?(?:\s+(?P<year2>\d{4}))?"
)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time as written; `ns` reads a time without a zone as if it were UTC."""

    ns: int
    zoned: bool
    offset_ns: int = 0


def find_timestamp(text: str) -> Timestamp | None:
    """Return the first date with a time of day in `text`, or None."""
    if match := _ISO.search(text):
        found = _compose(match["year"], match["month"], match["day"], match)
        if found is not None:
            return found
    if match := _DATE.search(text):
        year = match["year1"] or match["year2"]
        month = _MONTHS.get((match["month1"] or match["month2"]).lower())
        if year and month:
            return _compose(year, month, match["day1"] or match["day2"], match)
    return None


def epoch_ns(value: float) -> int | None:
    """Nanoseconds of an epoch number in seconds, ms, µs or ns, told apart by magnitude.

    None for a number that is none of them (before 1980 or after 2100 in every unit).
    """
    for scale in (NS_PER_SECOND, 1_000_000, 1_000, 1):
        ns = value * scale
        if 315_532_800 * NS_PER_SECOND <= ns <= 4_102_444_800 * NS_PER_SECOND:
            return int(value) * scale + round((value - int(value)) * scale)
    return None


def iso_utc(ns: int) -> str:
    """A time for readers: `2026-11-22T12:27:48Z`."""
    moment = datetime.fromtimestamp(ns // NS_PER_SECOND, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _compose(year: str, month: str | int, day: str, match: re.Match[str]) -> Timestamp | None:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    offset = _offset(match["zone"])
    try:
        moment = datetime(
            int(year), int(month), int(day), hour, int(match["minute"]), int(match["second"] or 0),
            tzinfo=UTC if offset is None else timezone(offset),
        )  # fmt: skip
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    fraction = int((match["fraction"] or "0").ljust(9, "0"))
    offset_ns = 0 if offset is None else int(offset.total_seconds()) * NS_PER_SECOND
    return Timestamp(seconds * NS_PER_SECOND + fraction, offset is not None, offset_ns)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return timedelta(minutes=-minutes if zone[0] == "-" else minutes)
    minutes = _ZONES.get(zone.lower(), -1)
    return None if minutes == -1 else timedelta(minutes=minutes)
