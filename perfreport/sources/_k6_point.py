"""One line of k6's NDJSON, understood on its own: slow, and tolerant of every layout."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from perfreport.model.load import (
    Contains,
    MetricDeclaration,
    MetricType,
    ScriptThreshold,
    Submetric,
)

# k6 1.x and older write an infinite value bare; JSON has no such number.
_BARE_INFINITY = re.compile(r'("value"\s*:\s*)(?:\+|(-))?Inf(?=\s*[,}])')
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(?:([Zz])|([+-])(\d\d):?(\d\d))"
)
# A damaged digit must not stretch a run over centuries, nor overflow 64-bit nanoseconds.
PLAUSIBLE_YEARS = range(2000, 2200)
EARLIEST_NS, LATEST_NS = (
    int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000 for year in (2000, 2200)
)


@dataclass(frozen=True, slots=True)
class Point:
    """A sample as written: value in k6's own unit."""

    metric: str
    time_ns: int
    value: float
    tags: dict[str, str]
    offset_seconds: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A `Metric` line."""

    declaration: MetricDeclaration
    thresholds: tuple[ScriptThreshold, ...]


def parse_line(text: str) -> Point | Declared | None:
    """Understand one line; None for anything that is not one of k6's two objects."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        repaired = _BARE_INFINITY.sub(r"\g<1>\g<2>Infinity", text)
        try:
            found = json.loads(repaired)
        except (ValueError, RecursionError):
            return None
    return parse_object(found)


def parse_object(found: Any) -> Point | Declared | None:
    """Understand a decoded object; None for anything that is not one of k6's two."""
    if not isinstance(found, dict) or not isinstance(data := found.get("data"), dict):
        return None
    if found.get("type") == "Metric":
        return _declared(found, data)
    name, value, time = found.get("metric"), data.get("value"), data.get("time")
    if found.get("type") != "Point" or not isinstance(name, str) or not isinstance(time, str):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    placed = parse_time(time)
    tags = data.get("tags") or {}
    if placed is None or not isinstance(tags, dict):
        return None
    texts = {
        str(key): text if isinstance(text, str) else json.dumps(text)
        for key, text in tags.items()
        if text is not None
    }
    return Point(name, placed[0], float(value), texts, placed[1])


def parse_time(text: str) -> tuple[int, int] | None:
    """RFC 3339 with 0-9 digits of a second → (UTC ns, zone offset in seconds)."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, fraction, _, sign, hours, minutes = match.groups()
    offset = (int(hours) * 3600 + int(minutes) * 60) if sign else 0
    offset = -offset if sign == "-" else offset
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        return None
    if whole.year not in PLAUSIBLE_YEARS:
        return None
    seconds = int(whole.timestamp()) - offset
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0")), offset


def _declared(found: dict[str, Any], data: dict[str, Any]) -> Declared | None:
    name = data.get("name") or found.get("metric")
    try:
        kind = MetricType(str(data.get("type")))
    except ValueError:
        return None
    if not isinstance(name, str):
        return None
    try:
        contains = Contains(str(data.get("contains")))
    except ValueError:
        contains = Contains.DEFAULT
    submetrics = tuple(
        Submetric(
            str(entry["name"]), tuple(sorted((str(k), str(v)) for k, v in entry["tags"].items()))
        )
        for entry in data.get("submetrics") or ()
        if isinstance(entry, dict) and "name" in entry and isinstance(entry.get("tags"), dict)
    )
    thresholds = tuple(
        threshold
        for entry in data.get("thresholds") or ()
        if (threshold := _threshold(name, entry)) is not None
    )
    return Declared(MetricDeclaration(name, kind, contains, submetrics), thresholds)


def _threshold(metric: str, entry: Any) -> ScriptThreshold | None:
    if isinstance(entry, str):
        return ScriptThreshold(metric, entry)
    if isinstance(entry, dict) and isinstance(entry.get("threshold"), str):
        return ScriptThreshold(metric, entry["threshold"], bool(entry.get("abortOnFail")))
    return None
