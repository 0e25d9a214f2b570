"""InfluxDB v1 as CSV, over HTTP or by the CLI: a header row wherever the columns change."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from perfreport.sources._influx_fields import InfluxFields
from perfreport.sources._influx_rows import add_row
from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, timed_reading
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input


def sniff(head: Head) -> float:
    """A header that begins with `name,tags,time` or `name,time`."""
    first = next((line.strip() for line in head.lines if line.strip()), "")
    if first.startswith("name,tags,time,"):
        return 0.97
    return 0.95 if first.startswith("name,time,") else 0.0


def read(source: Input) -> Reading:
    """Read all rows under the header above them."""
    fields = InfluxFields()
    losses = Losses(source.name)
    columns: list[str] = []
    for number, line in source.lines():
        if not line.strip():
            continue
        cells = next(csv.reader([line]), [])
        if cells[:1] == ["name"] and "time" in cells:
            columns = cells
        elif not columns or not add_row(fields, "", columns, cells):
            losses.add(number)
    return timed_reading(
        fields.table,
        fields.times,
        dialect="influxdb-v1-csv",
        clock=UTC,
        skipped=losses.count,
        problems=losses.problems(),
    )


PLUGIN = Source(id="influx-csv", kind=KIND, sniff=sniff, read=read)
