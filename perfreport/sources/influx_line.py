"""InfluxDB line protocol: `measurement,tag=value field=1,other=2i 1795350467000`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._influx_fields import InfluxFields, as_number
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

# A blank, comma or equals sign counts unless it is escaped; blanks in quoted fields do not count.
_POINT = re.compile(
    r"(?P<series>(?:\\.|[^\s\\])+) "
    r"(?P<fields>(?:\\.|\"(?:\\.|[^\"\\])*\"|[^\s\\\"])+)"
    r"(?: (?P<time>-?\d+))?\s*"
)
_FIELD = re.compile(r"(?P<name>(?:\\.|[^=,\\])+)=(?P<value>\"(?:\\.|[^\"\\])*\"|[^,]*)(?:,|$)")
_COMMA = re.compile(r"(?<!\\),")
_EQUALS = re.compile(r"(?<!\\)=")
_ESCAPED = re.compile(r"\\(.)")


def sniff(head: Head) -> float:
    """Nearly all lines are points with fields and a time."""
    lines = [line for line in head.lines if line.strip() and not line.startswith("#")][:200]
    points = [line for line in lines if parse_point(line) and _POINT.fullmatch(line)]
    timed = sum(line.rstrip().rpartition(" ")[2].isdigit() for line in points)
    return 0.9 if len(points) >= 0.9 * len(lines) and timed >= max(1, len(points) // 2) else 0.0


def read(source: Input) -> Reading:
    """Read all points; a point without a time has no place on any clock and is lost."""
    fields = InfluxFields()
    losses = Losses(source.name)
    for number, line in source.lines():
        if not line.strip() or line.startswith("#"):
            continue
        point = parse_point(line)
        time_ns = epoch_ns(point[3]) if point and point[3] is not None else None
        if point is None or time_ns is None:
            losses.add(number)
        else:
            fields.add(point[0], point[1], point[2], time_ns)
    return timed_reading(
        fields.table,
        fields.times,
        dialect="influxdb-line-protocol",
        clock=UTC,
        skipped=losses.count,
        problems=losses.problems(),
    )


def parse_point(
    line: str,
) -> tuple[str, dict[str, str], dict[str, float], int | None] | None:
    """Split a line into measurement, tags, numeric fields and time; None if it is no point."""
    match = _POINT.fullmatch(line)
    if match is None:
        return None
    measurement, *pairs = _COMMA.split(match["series"])
    tags = {}
    for pair in pairs:
        parts = _EQUALS.split(pair, maxsplit=1)
        if len(parts) != 2:
            return None
        tags[_plain(parts[0])] = _plain(parts[1])
    figures: dict[str, float] = {}
    at = 0
    for found in _FIELD.finditer(match["fields"]):
        if found.start() != at:
            return None
        at = found.end()
        value = found["value"]
        if not value.startswith('"'):
            number = as_number(value.rstrip("iu"))
            if number is None:
                return None
            figures[_plain(found["name"])] = number
    if at != len(match["fields"]):
        return None
    time = int(match["time"]) if match["time"] else None
    return _plain(measurement), tags, figures, time


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


PLUGIN = Source(id="influx-line", kind=KIND, sniff=sniff, read=read)
