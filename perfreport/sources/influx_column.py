"""InfluxDB v1 as the CLI prints it: `name: measurement`, columns under a dashed rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._influx_fields import InfluxFields
from perfreport.sources._influx_rows import add_row, tags_of
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, timed_reading
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_NAME = re.compile(r"name: (?P<name>\S.*?)\s*")
_RULE = re.compile(r"-+(?:\s+-+)*\s*")


def sniff(head: Head) -> float:
    """A `name:` line, a header with `time`, a dashed rule."""
    lines = [line for line in head.lines if line.strip()]
    for at, line in enumerate(lines[:20]):
        if _NAME.fullmatch(line):
            following = lines[at + 1 : at + 4]
            if any(_RULE.fullmatch(one) for one in following) and any(
                one.split()[:1] == ["time"] for one in following
            ):
                return 0.95
    return 0.0


def read(source: Input) -> Reading:
    """Read all tables; cells lie where the header's words begin."""
    fields = InfluxFields()
    losses = Losses(source.name)
    name, header = "", ""
    tags: dict[str, str] = {}
    starts: list[int] = []
    for number, line in source.lines():
        if not line.strip() or line.startswith(">"):
            continue
        if match := _NAME.fullmatch(line):
            name, tags, header, starts = match["name"], {}, "", []
        elif line.startswith("tags: "):
            tags = tags_of(line.removeprefix("tags: ").replace(", ", ","))
        elif _RULE.fullmatch(line) and header:
            starts = [match.start() for match in re.finditer(r"-+", line)]
        elif not starts:
            header = line
        else:
            columns = [*_cut(header, starts), *tags]
            if not add_row(fields, name, columns, [*_cut(line, starts), *tags.values()]):
                losses.add(number)
    return timed_reading(
        fields.table,
        fields.times,
        dialect="influxdb-v1-column",
        clock=UTC,
        skipped=losses.count,
        problems=losses.problems(),
    )


def _cut(line: str, starts: list[int]) -> list[str]:
    ends = [*starts[1:], None]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


PLUGIN = Source(id="influx-column", kind=KIND, sniff=sniff, read=read)
