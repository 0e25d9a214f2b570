"""What `promtool query instant` and `promtool query range` print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._exposition import parse_sample
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, SeriesTable, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._metric_series import Track

_SERIES = re.compile(r"(?P<series>.*\S) =>\s*(?P<rest>\S.*)?")
_VALUE = re.compile(r"(?P<value>\S+) @\[(?P<time>\d+(?:\.\d+)?)\]\s*")


def sniff(head: Head) -> float:
    """Series with an arrow, values with a time in brackets."""
    lines = [line for line in head.lines if line.strip()][:50]
    arrows = [match for line in lines if (match := _SERIES.fullmatch(line))]
    values = sum(
        bool(_VALUE.fullmatch(line)) or bool(_SERIES.match(line) and " @[" in line)
        for line in lines
    )
    return 0.95 if arrows and values and len(arrows) + values >= len(lines) else 0.0


def read(source: Input) -> Reading:
    """Read series by series."""
    table = SeriesTable()
    losses = Losses(source.name)
    times: set[int] = set()
    track: Track | None = None
    for number, line in source.lines():
        text = line.strip()
        if not text:
            continue
        rest = text
        if header := _SERIES.fullmatch(text):
            parsed = parse_sample(f"{header['series']} 0")
            table.series += 1
            track = table.track(parsed[0], parsed[1]) if parsed else None
            if header["rest"] is None:
                continue
            rest = header["rest"]
        value = _VALUE.fullmatch(rest)
        time_ns = epoch_ns(float(value["time"])) if value else None
        try:
            amount = float(value["value"]) if value else 0.0
        except ValueError:
            time_ns = None
        if value is None or time_ns is None:
            losses.add(number)
            continue
        table.samples += 1
        times.add(time_ns)
        if track is not None:
            track.ticks.append(time_ns)
            track.values.append(amount)
    return timed_reading(
        table,
        times,
        dialect="promtool",
        clock=UTC,
        skipped=losses.count,
        problems=losses.problems(),
    )


PLUGIN = Source(id="promtool-query", kind=KIND, sniff=sniff, read=read)
