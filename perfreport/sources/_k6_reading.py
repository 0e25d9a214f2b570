"""From what was read of a k6 file to its fact: one store, its time span, what was lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind, Problem
from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._k6_undeclared import MEASURED_BACKWARDS, guessed
from perfreport.sources._spec import Reading
from perfreport.store import MOST_VALUES, SampleStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.load import MetricDeclaration
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Input
    from perfreport.sources._k6_share import Share
    from perfreport.sources._spec import Segment
    from perfreport.store import StorePart

_NAMED_LINES = 5


def reading_of(source: Input, parts: Sequence[tuple[StorePart, Share]]) -> Reading:
    """Join the stretches of one file, in their order."""
    shares = [share for _, share in parts]
    declared = {name: entry for share in shares for name, entry in share.declared.items()}
    store = _store([part for part, _ in parts], declared)
    thresholds = tuple(dict.fromkeys(entry for share in shares for entry in share.thresholds))
    problems, skipped = _losses(source, shares)
    problems += (
        Problem(source.name, message("problem.k6-tag-values-folded", tag=key, most=MOST_VALUES))
        for key in store.folded_tags
    )
    points = sum(share.points for share in shares)
    if not points:
        store.close()
        problems.append(Problem(source.name, message("problem.k6-no-samples")))
        return Reading(
            lambda _: (), 0, skipped, problems=tuple(problems), foreign=_foreign(source, shares)
        )
    start_ns, end_ns = _span(store, shares)
    offset = next(
        (share.offset_seconds for share in shares if share.offset_seconds is not None), None
    )

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        paths = (ref.path,)
        fact = LoadSamples(
            ref, store, store.declarations, thresholds, start_ns, end_ns, paths, offset
        )
        return (fact,)

    return Reading(
        facts,
        points,
        skipped,
        min(share.first_ns for share in shares if share.first_ns is not None),
        end_ns,
        Clock(ClockKind.UTC),
        problems=tuple(problems),
        summary=_summary(store, points, (end_ns - start_ns) / NS_PER_SECOND),
        foreign=_foreign(source, shares),
    )


def _store(parts: list[StorePart], declared: dict[str, MetricDeclaration]) -> SampleStore:
    store = SampleStore(parts, tuple(declared.values()))
    missing = [
        guessed(name, store.samples(name).values) for name in store.metrics if name not in declared
    ]
    return SampleStore(parts, (*declared.values(), *missing)) if missing else store


def _span(store: SampleStore, shares: list[Share]) -> tuple[int, int]:
    """Earliest start of anything measured, and the last sample."""
    earliest = [share.first_ns for share in shares if share.first_ns is not None]
    for name in MEASURED_BACKWARDS:
        found = store.samples(name)
        usable = np.isfinite(found.values)
        if usable.any():
            taken = np.rint(found.values[usable] * NS_PER_SECOND).astype(np.int64)
            earliest.append(int((found.times_ns[usable] - taken).min()))
    return min(earliest), max(share.last_ns for share in shares if share.last_ns is not None)


def _losses(source: Input, shares: list[Share]) -> tuple[list[Problem], int]:
    problems: list[Problem] = []
    lines: list[int] = []
    before = source.first_line - 1
    for share in shares:
        lines += (before + line for line in share.lost)
        before += share.lines
    count = sum(share.lost_count for share in shares)
    if shares[-1].torn:
        count -= 1
        problems.append(
            Problem(source.name, message("problem.k6-last-line-torn", line=before), before)
        )
        lines = [line for line in lines if line != before]
    if count:
        named = ", ".join(map(str, lines[:_NAMED_LINES])) + (", …" if count > _NAMED_LINES else "")
        told = message("problem.k6-lines-skipped", count=count, lines=named)
        problems.append(Problem(source.name, told, lines[0] if lines else None, count))
    return problems, sum(share.lost_count for share in shares)


def _foreign(source: Input, shares: list[Share]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    before = source.first_line - 1
    for share in shares:
        segments += (
            replace(part, first_line=before + part.first_line, last_line=before + part.last_line)
            for part in share.foreign
        )
        before += share.lines
    return tuple(segments)


def _summary(
    store: SampleStore, points: int, seconds: float
) -> tuple[tuple[str, SummaryValue], ...]:
    requests = store.count("http_reqs")
    return (
        ("points", points),
        ("metrics", len(store.metrics)),
        ("requests", requests),
        ("seconds", seconds),
        ("seconds_estimated", True),
    )
