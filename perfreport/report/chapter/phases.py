"""How the load and the answers went phase by phase; for a peak, the spike and the recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Paragraph
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import error_rate_of, limited, load_of, seconds, short_title, tps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import LoadSlice
    from perfreport.model.phase import Phase

_MOST_ROWS = 12
_RECOVERED = 1.2  # times the p95 of before the spike
_COLUMNS = ("phase", "length", "load", "actual-rate", "error-rate", "p50", "p95", "p99")


def _build(test: TestAnalysis) -> Sequence[Block]:
    shown = [phase for phase in test.phases.phases if _shown(test, phase)]
    if test.grade.stages or len(shown) < 2:
        return ()
    rows = tuple(_row(test, phase) for phase in shown)
    grid = Grid(tuple(message(f"column.{name}") for name in _COLUMNS), rows)
    blocks: list[Block] = [limited(grid, _MOST_ROWS, message("order.time"))]
    sentences = tuple(_spike(test))
    if sentences:
        blocks.append(Paragraph(sentences))
    return blocks


def _shown(test: TestAnalysis, phase: Phase) -> bool:
    """Leave out a tail in which nothing was answered any more."""
    part = test.measurements.slice_of(phase.name)
    return phase.kind is not PhaseKind.TAIL or (part is not None and part.requests > 0)


def _row(test: TestAnalysis, phase: Phase) -> tuple[Cell, ...]:
    length = Quantity(phase.seconds, Unit.SECONDS)
    part = test.measurements.slice_of(phase.name)
    if not phase.reached:
        blank = (None,) * (len(_COLUMNS) - 2)
        return (short_title(test.phases, phase), message("cell.not-reached"), *blank)
    latency = part.latency if part is not None else None
    return (
        short_title(test.phases, phase),
        length,
        load_of(test.phases, phase),
        tps(part.throughput if part is not None else None),
        error_rate_of(part),
        seconds(latency.p50 if latency is not None else None),
        seconds(latency.p95 if latency is not None else None),
        seconds(latency.p99 if latency is not None else None),
    )


def _spike(test: TestAnalysis) -> list[Message]:
    spike = _worst_spike(test)
    if spike is None:
        return []
    phase, part = spike
    before = _before(test, phase)
    sentences = [_spike_sentence(part, before)]
    after = _after(test, phase)
    base = before.latency.p95 if before is not None else None
    if after is not None and base and after.latency.p95 is not None:
        p95 = Quantity(after.latency.p95, Unit.SECONDS)
        recovered = after.latency.p95 <= base * _RECOVERED
        known = Quantity(base, Unit.SECONDS)
        key = "chapter.phases.recovered" if recovered else "chapter.phases.not-recovered"
        sentences.append(message(key, p95=p95, before=known))
    return sentences


def _spike_sentence(part: LoadSlice, before: LoadSlice | None) -> Message:
    p95 = part.latency.p95
    base = before.latency.p95 if before is not None else None
    failed = Quantity(part.error_rate or 0.0, Unit.RATIO)
    if p95 is None or not base:
        return message("chapter.phases.spike-alone", requests=part.requests, failed=failed)
    return message(
        "chapter.phases.spike",
        p95=Quantity(p95, Unit.SECONDS),
        before=Quantity(base, Unit.SECONDS),
        times=p95 / base,
        failed=failed,
    )


def _worst_spike(test: TestAnalysis) -> tuple[Phase, LoadSlice] | None:
    found = [
        (phase, part)
        for phase in test.phases.phases
        if phase.kind is PhaseKind.SPIKE
        and (part := test.measurements.slice_of(phase.name)) is not None
        and part.requests
    ]
    return max(found, key=lambda pair: pair[1].latency.p95 or 0.0) if found else None


def _before(test: TestAnalysis, spike: Phase) -> LoadSlice | None:
    steady = [
        part
        for phase in test.phases.phases
        if phase.end_ns <= spike.start_ns
        and phase.kind in {PhaseKind.PLATEAU, PhaseKind.RECOVERY}
        and (part := test.measurements.slice_of(phase.name)) is not None
        and part.requests
    ]
    return steady[-1] if steady else None


def _after(test: TestAnalysis, spike: Phase) -> LoadSlice | None:
    calm = [
        part
        for phase in test.phases.phases
        if phase.start_ns >= spike.end_ns
        and phase.kind is PhaseKind.RECOVERY
        and (part := test.measurements.slice_of(phase.name)) is not None
        and part.requests
    ]
    return calm[0] if calm else None


PLUGIN = ChapterSection("phases", 50, message("chapter.phases.title"), _build)
