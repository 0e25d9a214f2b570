"""Kafka's JmxTool: a quoted header of MBean attributes, rows unquoted, epoch milliseconds."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.signals import catalogue
from perfreport.sources._influx_fields import as_number
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, SeriesTable, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._metric_series import Track

_HEADER = re.compile(r'"time","[\w.]+:(?:type|name)=')
_COLUMN = re.compile(r"(?P<domain>[^:]+):(?P<properties>.*):(?P<attribute>[^:]+)")


def sniff(head: Head) -> float:
    """A header of `time` and MBean names."""
    first = next((line for line in head.lines if line.strip()), "")
    return 0.97 if _HEADER.match(first) else 0.0


def read(source: Input) -> Reading:
    """Read all rows; a time with a comma in it spreads over two cells."""
    table = SeriesTable()
    losses = Losses(source.name)
    times: set[int] = set()
    tracks: list[Track | None] = []
    zoneless = False
    for number, line in source.lines():
        if not line.strip():
            continue
        cells = next(csv.reader([line]), [])
        if _HEADER.match(line):
            tracks = [_track(table, column) for column in cells[1:]]
            table.series += len(tracks)
            continue
        if len(cells) == len(tracks) + 2:
            cells = [f"{cells[0]},{cells[1]}", *cells[2:]]
        epoch = epoch_ns(int(cells[0])) if cells and cells[0].isdigit() else None
        written = find_instant(cells[0]) if cells and epoch is None else None
        time_ns = epoch if written is None else written.ns
        if len(cells) != len(tracks) + 1 or time_ns is None:
            losses.add(number)
            continue
        zoneless |= written is not None and not written.zoned
        times.add(time_ns)
        for track, cell in zip(tracks, cells[1:], strict=True):
            value = as_number(cell)
            table.samples += 1
            if track is not None and value is not None:
                track.ticks.append(time_ns)
                track.values.append(value)
    clock = Clock(ClockKind.UNKNOWN, reason=message("clock.no-zone")) if zoneless else UTC
    return timed_reading(
        table,
        times,
        dialect="jmxtool-csv",
        clock=clock,
        skipped=losses.count,
        problems=losses.problems(),
    )


def _track(table: SeriesTable, column: str) -> Track | None:
    """Map `kafka.producer:type=producer-metrics,client-id=p1:record-send-rate` onto its meter."""
    if catalogue().resolve(column) is not None:
        return table.track(column, {})
    match = _COLUMN.fullmatch(column)
    if match is None:
        return table.track(column, {})
    properties = dict(
        pair.partition("=")[::2] for pair in match["properties"].split(",") if "=" in pair
    )
    domain = match["domain"]
    owner = domain.rpartition(".")[2]
    group = properties.pop("type", "").removesuffix("-metrics")
    group = "" if group == owner else group.removeprefix(f"{owner}-")
    words = [domain, group, properties.pop("name", ""), match["attribute"]]
    return table.track("_".join(word for word in words if word), properties)


PLUGIN = Source(id="jmxtool-csv", kind=KIND, sniff=sniff, read=read)
