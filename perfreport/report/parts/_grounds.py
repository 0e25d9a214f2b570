"""Why a finding is believed: what was measured, when it set in, whom it hurts, what lies behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.chain import FELT
from perfreport.model.advice import Horizon
from perfreport.model.document import Bullet
from perfreport.model.finding import Category, KeyValues
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit, per_second, seconds, share
from perfreport.report.chapter.endpoints import slowest
from perfreport.report.phrases import phase_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Cell, Finding
    from perfreport.model.phase import Phase

_MOST_FIGURES = 6
_STATEMENT = message("diagnosis.label.statement")  # the 5 Whys quote it
_FEWEST = 2  # symptoms that make a course of events
_ENOUGH = 20  # requests that a percentile of an endpoint should rest on


def grounds(test: TestAnalysis, finding: Finding) -> Iterator[Bullet]:
    """What was measured, in which order things happened, from which load on, what users felt."""
    own = [one for one in test.diagnosis.findings if finding.rule in one.caused_by]
    yield _bullet("metric", (_figures(finding),))
    for name, said in (
        ("order", tuple(_order(test, finding, own))),
        ("onset", tuple(_onset(test, finding))),
        ("effect", tuple(_effects(test, finding, own))),
    ):
        if said:
            yield _bullet(name, said)


def whys(finding: Finding) -> Iterator[Bullet]:
    """From what was seen to the root, each answer asking for the next."""
    last = len(finding.whys) - 1
    for place, why in enumerate(finding.whys):
        name = "seen" if place == 0 and last > 0 else "root" if place == last else "why"
        yield Bullet(why, message(f"part.bottlenecks.label.{name}"))


def remedies(test: TestAnalysis, finding: Finding) -> Iterator[Bullet]:
    """What part three proposes for it, by horizon; else what the finding itself says."""
    own = [
        one
        for one in test.advice.recommendations
        if one.finding == finding.rule and one.subject == finding.subject
    ]
    if not own:
        yield from (Bullet(said) for said in finding.remedies)
    for horizon in Horizon:
        titles = tuple(dict.fromkeys(one.title for one in own if one.horizon is horizon))
        if titles:
            label = message(f"part.bottlenecks.horizon.{horizon.value}")
            yield Bullet(message("report.listed", items=titles), label)


def priority(finding: Finding) -> Message | None:
    """When to act, and by which criterion."""
    if finding.priority is None:
        return None
    word = message(f"priority.{finding.priority.value}")
    if finding.category is Category.RISK:
        return message("part.bottlenecks.because.risk", priority=word)
    return message(
        f"part.bottlenecks.because.{finding.severity.value}",
        priority=word,
        part=share(finding.impact),
        sure=share(finding.confidence),
    )


def _figures(finding: Finding) -> Message:
    """The figures it rests on, in a line; its sentence where it has none or no chapter tells it."""
    if finding.category is Category.RISK:
        return finding.summary
    figures = [
        message("part.bottlenecks.figure", name=name, value=_spelled(cell))
        for block in finding.evidence
        if isinstance(block, KeyValues)
        for name, cell, _ in block.rows
        if cell is not None and name != _STATEMENT
    ]
    if not figures:
        return finding.summary
    return message("report.listed", items=tuple(figures[:_MOST_FIGURES]))


def _spelled(cell: Cell) -> Message | Quantity:
    if isinstance(cell, str):
        return message("report.as-code", text=cell)
    if isinstance(cell, int | float):
        return Quantity(float(cell), Unit.NONE)
    return cell or message("unit.missing")


def _bullet(name: str, said: Sequence[Message]) -> Bullet:
    return Bullet(said[0], message(f"part.bottlenecks.label.{name}"), tuple(said[1:]))


def _order(test: TestAnalysis, cause: Finding, own: Sequence[Finding]) -> Iterator[Message]:
    """Tell the course of events where the cause was there first."""
    placed = sorted(
        ((one.onset_ns, one.title) for one in own if one.onset_ns is not None),
        key=lambda event: event[0],
    )
    if cause.onset_ns is None or len(placed) < _FEWEST or placed[0][0] < cause.onset_ns:
        return
    events = [(cause.onset_ns, cause.title), *placed]
    moments = tuple(
        message("part.bottlenecks.moment", title=title, at=_since_start(test, onset))
        for onset, title in events
    )
    yield message("part.bottlenecks.order", moments=moments)


def _onset(test: TestAnalysis, finding: Finding) -> Iterator[Message]:
    onset = finding.onset_ns
    if onset is None:
        return
    at = _since_start(test, onset)
    phase = _steady_at(test, onset)
    part = test.measurements.slice_of(phase.name) if phase is not None else None
    if phase is None or part is None:
        yield message("part.bottlenecks.since", at=at)
        return
    lower = any(_is_lower(one, phase) for one in test.phases.phases)
    yield message(
        f"part.bottlenecks.from-{'stage' if lower else 'phase'}",
        at=at,
        phase=phase_name(test.phases, phase.name),
        rate=per_second(part.throughput),
    )


def _steady_at(test: TestAnalysis, at_ns: int) -> Phase | None:
    """Return the phase a moment lies in; of a ramp, the plateau it leads to."""
    reached = [one for one in test.phases.phases if one.reached and at_ns < one.end_ns]
    if not reached:
        return None
    first, *later = reached
    leads_on = first.kind is PhaseKind.RAMP and bool(later) and first.level == later[0].level
    return later[0] if leads_on else first


def _is_lower(one: Phase, phase: Phase) -> bool:
    """Tell whether a phase before was a plateau of less load."""
    return (
        one.kind is PhaseKind.PLATEAU
        and phase.kind is PhaseKind.PLATEAU
        and one.start_ns < phase.start_ns
        and (one.level or 0.0) < (phase.level or 0.0)
    )


def _effects(test: TestAnalysis, finding: Finding, own: Sequence[Finding]) -> Iterator[Message]:
    """Tell what users felt and the 5 Whys do not begin with, and which endpoint is hurt most."""
    felt = [one for one in own if one.rule in FELT]
    yield from (one.summary for one in felt if one.summary not in finding.whys)
    hurt = next((one for one in slowest(test) if one.requests >= _ENOUGH), None)
    if not any(one.rule == FELT[0] for one in felt) or hurt is None or hurt.latency.p95 is None:
        return
    yield message(
        "part.bottlenecks.hurt", endpoint=hurt.endpoint or "", p95=seconds(hurt.latency.p95)
    )


def _since_start(test: TestAnalysis, at_ns: int) -> Quantity:
    return Quantity(max(0, round((at_ns - test.phases.start_ns) / NS_PER_SECOND)), Unit.SECONDS)
