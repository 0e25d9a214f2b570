"""In which order it happened: load, onsets, breaking point, recovery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Section, Style
from perfreport.model.finding import Category, Role
from perfreport.model.load import LoadSamples
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import judged
from perfreport.report.phrases import load_of, name_of, short_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding

_STEADY = {PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY}
_COLUMNS = ("at", "elapsed", "kind", "event", "measured")


@dataclass(frozen=True, slots=True)
class _Event:
    at_ns: int
    order: int  # among events of one instant: the load moves first
    kind: str
    event: Message
    measured: Message | None


def _sections(story: Story) -> Sequence[Section]:
    return tuple(
        Section(
            f"timeline-{place}",
            message("incident.timeline.of", test=name_of(test.grade)),
            Style.LABEL,
            (_grid(test),),
        )
        for place, test in enumerate(judged(story), start=1)
        if any(_set_in(test))
    )


def _grid(test: TestAnalysis) -> Grid:
    events = sorted([*_loads(test), *_onsets(test)], key=lambda one: (one.at_ns, one.order))
    samples = test.run.one(LoadSamples)
    offset = samples.offset_seconds or 0 if samples is not None else 0
    rows = tuple(
        (
            message("incident.timeline.at", at=one.at_ns, offset=offset),
            Quantity((one.at_ns - test.phases.start_ns) / 1e9, Unit.SECONDS),
            message(f"incident.kind.{one.kind}"),
            one.event,
            one.measured,
        )
        for one in events
    )
    return Grid(
        tuple(message(f"incident.column.{name}") for name in _COLUMNS), rows, name_first=False
    )


def _loads(test: TestAnalysis) -> Iterator[_Event]:
    """Yield the starts of steady load, and the end of it all."""
    for phase in test.phases.phases:
        if phase.reached and phase.kind in _STEADY:
            load = load_of(test.phases, phase)
            event = message("incident.timeline.phase", phase=short_title(test.phases, phase))
            measured = load if isinstance(load, Message) else None
            yield _Event(phase.start_ns, 0, "load", event, measured)
    yield _Event(test.phases.end_ns, 0, "load", message("incident.timeline.end"), None)


def _onsets(test: TestAnalysis) -> Iterator[_Event]:
    for one in _set_in(test):
        kind = "cause" if one.role is Role.CAUSE else "symptom"
        yield _Event(one.onset_ns or 0, 1 if kind == "cause" else 2, kind, one.title, one.summary)


def _set_in(test: TestAnalysis) -> Iterator[Finding]:
    """Yield the findings that tell when they began, each rule once, the earliest."""
    known: set[str] = set()
    for one in sorted(test.diagnosis.findings, key=lambda one: (one.onset_ns or 0, one.rule)):
        if one.category is Category.BOTTLENECK and one.onset_ns is not None:
            if one.rule not in known:
                yield one
            known.add(one.rule)


PLUGIN = Part(
    "timeline",
    None,
    20,
    message("incident.timeline.title"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
