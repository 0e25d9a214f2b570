"""A stretch of the run has no samples although the load went on.

Symptom: the gauge of VUs, which k6 writes every second as long as a test lives, misses ticks; or
iterations end for seconds without a single request among the samples.
Why it hurts: either samples were lost, or the load generator itself stood still. What the system
did in that time is unknown, and it is often the worst of the run.
How detected: two ticks more than 1.6 s apart (at full CPU load they stay within 0.03 s of one
second); at least 10 iterations in a row that usually make requests, with none in that time; while
the number of VUs stays the same, VUs of a VU executor that begin iterations without having ended
one. Two seconds and more in all, or 1 % of the run, rule out a pass; less is questionable.
False positives: a load generator that freezes for a second; that run is doubtful all the same.
Reference: k6 source, internal/execution/scheduler.go (the VU gauge's ticker).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.units import seconds, share
from perfreport.rules import Rule
from perfreport.validity._chains import chains
from perfreport.validity._evidence import doubt, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import confirmed, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.load import LoadSamples
    from perfreport.rules import Case
    from perfreport.store import SampleStore

TICK_NS = 1_000_000_000
LATE_NS = 1_600_000_000
ITERATIONS = 10  # in a row without a request
USUAL = 0.9  # share of the iterations that make requests, at least
INVALID_SECONDS = 2.0
INVALID_SHARE = 0.01
HOLD_TICKS = 3  # of equal VUs
BROKEN = 3  # iterations that follow none, in such a hold …
BROKEN_SHARE = 0.25  # … and as a share of its VUs
MOST_ROWS = 10


def detect(case: Case) -> Iterator[Finding]:
    """Report the silent stretches."""
    samples = samples_of(case)
    holes = [
        *_without_ticks(samples.store),
        *_without_requests(samples.store),
        *([] if confirmed(case.run) else _broken_chains(samples)),
    ]
    if not holes:
        return
    silent = sum(end - begin for begin, end in holes) / 1e9
    run = max((samples.end_ns - samples.start_ns) / 1e9, 1e-9)
    invalid = silent >= INVALID_SECONDS or silent / run >= INVALID_SHARE
    table = Table(
        title=message("findings.samples-gap.table"),
        headings=(message("validity.label.from-start"), message("validity.label.silence")),
        rows=tuple(
            (seconds((begin - samples.start_ns) / 1e9), seconds((end - begin) / 1e9))
            for begin, end in sorted(holes)[:MOST_ROWS]
        ),
        provenance=tuple(within(samples, begin, end) for begin, end in sorted(holes)[:MOST_ROWS]),
    )
    yield doubt(
        PLUGIN.id,
        ValidityLevel.INVALID if invalid else ValidityLevel.QUESTIONABLE,
        title=message("findings.samples-gap.title"),
        summary=message(
            "findings.samples-gap.summary",
            silent=seconds(silent),
            count=len(holes),
            share=share(min(silent / run, 1.0)),
        ),
        effect=message("findings.samples-gap.effect-invalid")
        if invalid
        else message("findings.samples-gap.effect-questionable"),
        evidence=(table,),
        remedies=(message("findings.samples-gap.remedy"),),
    )


def _without_ticks(store: SampleStore) -> list[tuple[int, int]]:
    times = store.series("vus").times_ns
    late = np.flatnonzero(np.diff(times) > LATE_NS)
    return [(int(times[at]) + TICK_NS, int(times[at + 1])) for at in late]


def _without_requests(store: SampleStore) -> list[tuple[int, int]]:
    requests = np.sort(store.samples("http_reqs").times_ns)
    found = store.samples("iteration_duration")
    if not len(requests) or len(found) < 2 * ITERATIONS:
        return []
    order = np.argsort(found.times_ns, kind="stable")
    ended = found.times_ns[order]
    began = ended - np.rint(found.values[order] * 1e9).astype(np.int64)
    made = np.searchsorted(requests, ended, "right") > np.searchsorted(requests, began, "left")
    if made.mean() < USUAL / 2:
        return []
    empty = np.concatenate([[False], ~made, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(empty))
    runs = [
        (first, last)
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if last - first >= ITERATIONS
    ]
    return [(int(began[first]), int(ended[last - 1])) for first, last in runs]


def _broken_chains(samples: LoadSamples) -> list[tuple[int, int]]:
    """Holds of constant VUs in which VUs begin iterations out of nowhere."""
    gauge = samples.store.series("vus")
    holes: list[tuple[int, int]] = []
    if len(samples.paths) > 1 or len(gauge) < HOLD_TICKS:
        return holes
    first = np.sort(
        np.concatenate(
            [each.began_ns[each.first] for each in chains(samples) if each.is_open is False]
            or [np.empty(0, np.int64)]
        )
    )
    ends = np.sort(samples.store.samples("iteration_duration").times_ns)
    change = np.flatnonzero(np.diff(gauge.values, prepend=np.nan, append=np.nan) != 0)
    for begin, after in pairwise(change):
        if after - begin < HOLD_TICKS or not gauge.values[begin]:
            continue
        window = (int(gauge.times_ns[begin]), int(gauge.times_ns[after - 1]))
        lost = first[(first > window[0]) & (first < window[1])]
        if len(lost) < max(BROKEN, BROKEN_SHARE * float(gauge.values[begin])):
            continue
        before = ends[ends < lost[0]]
        holes.append((int(before[-1]) if len(before) else window[0], int(lost[-1])))
    return holes


PLUGIN = Rule("samples-gap", Category.VALIDITY, (SAMPLES,), detect)
