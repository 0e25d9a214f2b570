"""VictoriaMetrics `/api/v1/export`: one JSON object per series and line, with times in ms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from perfreport.sources._losses import Losses
from perfreport.sources._metric_series import KIND, UTC, SeriesTable, timed_reading
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input


def sniff(head: Head) -> float:
    """Lines that begin with a metric and hold values and timestamps."""
    first = head.text.lstrip().partition("\n")[0]
    if not first.startswith('{"metric":{'):
        return 0.0
    return (
        0.97
        if '"values":[' in first and ('"timestamps":[' in first or len(first) > 60_000)
        else 0.0
    )


def read(source: Input) -> Reading:
    """Read series by series; values that are null are no samples."""
    table = SeriesTable()
    losses = Losses(source.name)
    times: set[int] = set()
    for number, line in source.lines():
        if not line.strip():
            continue
        series = _parsed(line)
        if series is None:
            losses.add(number)
            continue
        labels, stamps, values = series
        table.series += 1
        table.samples += len(values)
        times.update(stamps)
        name = labels.pop("__name__", None)
        track = table.track(name, labels) if name else None
        if track is not None:
            track.ticks.extend(stamps)
            track.values.extend(values)
    return timed_reading(
        table,
        times,
        dialect="victoriametrics-export",
        clock=UTC,
        skipped=losses.count,
        problems=losses.problems(),
    )


def _parsed(line: str) -> tuple[dict[str, str], list[int], list[float]] | None:
    try:
        document: Any = json.loads(line)
        labels = {str(key): str(value) for key, value in document["metric"].items()}
        stamps, values = document["timestamps"], document["values"]
        pairs = [
            (epoch_ns(stamp), float(value))
            for stamp, value in zip(stamps, values, strict=True)
            if value is not None
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    placed = [(stamp, value) for stamp, value in pairs if stamp is not None]
    return labels, [stamp for stamp, _ in placed], [value for _, value in placed]


PLUGIN = Source(id="victoriametrics-export", kind=KIND, sniff=sniff, read=read)
