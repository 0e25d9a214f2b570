"""k6's `--out json`: one object per line, `Metric` declarations and `Point` samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.load import LoadSamples, ScriptThreshold
from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind, Problem
from perfreport.sources._k6_point import Declared, Point, parse_line
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.load import MetricDeclaration
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_LINE = re.compile(r'"type"\s*:\s*"(?:Point|Metric)"')


def sniff(head: Head) -> float:
    """k6's two line types, whatever the order of their keys."""
    text = head.text[:8192]
    return 1.0 if _LINE.search(text) and '"data"' in text and '"metric"' in text else 0.0


def read(source: Input) -> Reading:
    """Read the samples into a store."""
    import numpy as np

    from perfreport.store import SampleWriter

    writer = SampleWriter()
    declared: dict[str, MetricDeclaration] = {}
    thresholds: list[ScriptThreshold] = []
    rows: list[tuple[int, int, int, float]] = []
    skipped: list[int] = []
    offset = None
    for number, text in source.lines():
        if not text.strip("\0 \t"):
            continue
        line = parse_line(text)
        if isinstance(line, Declared):
            declared[line.declaration.name] = line.declaration
            thresholds += line.thresholds
        elif isinstance(line, Point):
            rows.append((
                writer.metric(line.metric),
                writer.tagset(line.tags),
                line.time_ns,
                line.value,
            ))
            offset = line.offset_seconds if offset is None else offset
        else:
            skipped.append(number)
    metrics, tagsets, times, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    writer.append(
        np.array(metrics, np.int64),
        np.array(tagsets, np.int64),
        np.array(times, np.int64),
        np.array(values, np.float64),
    )
    store = writer.finish(tuple(declared.values()))
    start, end = min(times, default=0), max(times, default=0)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (
            LoadSamples(
                ref, store, store.declarations, tuple(thresholds), start, end, (ref.path,), offset
            ),
        )

    problems = (
        (
            Problem(
                source.name,
                message(
                    "problem.k6-lines-skipped",
                    count=len(skipped),
                    lines=", ".join(map(str, skipped[:5])),
                ),
                skipped[0],
                len(skipped),
            ),
        )
        if skipped
        else ()
    )
    return Reading(
        facts, len(rows), len(skipped), start, end, Clock(ClockKind.UTC), problems=problems
    )


PLUGIN = Source("k6-json", "k6-json", sniff, read)
