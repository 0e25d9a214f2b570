"""What would have raised the alarm: the targets of the tests, and signals that left their calm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.measure.signals import is_signal
from perfreport.model.document import Grid, Paragraph, Section, Style
from perfreport.model.finding import Category, KeyValues
from perfreport.model.message import message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import judged
from perfreport.report.phrases import (
    actual,
    every_grade,
    name_of,
    objective_name,
    target,
    verdict_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell, Finding
    from perfreport.model.grade import Grade, Objective
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance

_TARGETS = ("metric", "normal", "critical", "measured", "verdict")
_SIGNALS = ("finding", "signal", "calm", "worst", "alarm")
_RISEN = 2.0  # times its calm value: less is no signal
_OF_LOAD = ".rate"  # what comes in is the load itself
_FAR = 50.0  # times the target
_MEANS = {"mean": "mean", "avg": "mean", "peak": "peak", "max": "peak", "count": "increase"}


def _sections(story: Story) -> Sequence[Section]:
    sections = []
    for place, test in enumerate(story.tests, start=1):
        blocks = tuple(_targets(test))
        if blocks:
            title = message("incident.signals.targets", test=name_of(test.grade))
            sections.append(Section(f"targets-{place}", title, Style.LABEL, blocks))
    for place, test in enumerate(judged(story), start=1):
        rows = tuple(_rows(test))
        if rows:
            title = message("incident.signals.risen", test=name_of(test.grade))
            grid = Grid(tuple(message(f"incident.column.{name}") for name in _SIGNALS), rows)
            note = Paragraph((message("incident.signals.alarm"),))
            sections.append(Section(f"signals-{place}", title, Style.LABEL, (grid, note)))
    return tuple(sections)


def _targets(test: TestAnalysis) -> Iterator[Block]:
    """Yield the table of targets, each once with its worst verdict; no targets on the load."""
    worst: dict[tuple[Message, Cell], Grade] = {}
    for grade in every_grade(test):
        objective = grade.objective
        if objective.unit is Unit.PER_SECOND or not objective.target:
            continue
        key = (objective_name(objective), target(objective.target, objective.unit))
        known = worst.get(key)
        if known is None or _badness(known) < _badness(grade):
            worst[key] = grade
    if worst:
        headings = tuple(message(f"incident.column.{name}") for name in _TARGETS)
        rows = (
            (
                *key,
                _critical(grade.objective),
                actual(grade),
                verdict_word(grade.verdict),
            )
            for key, grade in worst.items()
        )
        yield Grid(headings, tuple(rows))


def _badness(grade: Grade) -> tuple[int, float]:
    return grade.verdict.badness, -(grade.margin or 0.0)


def _critical(objective: Objective) -> Cell:
    """Return the limit of the warning range; none where it is set so far that nothing passes it."""
    least, most = (f(one.limit for one in objective.target) for f in (min, max))
    bounds = [
        one
        for one in objective.warning
        if not (objective.unit is Unit.RATIO and one.limit in {0.0, 1.0})
        and least / _FAR <= one.limit <= most * _FAR
    ]
    return target(bounds, objective.unit)


def _rows(test: TestAnalysis) -> Iterator[tuple[Cell, ...]]:
    """Yield each signal that a finding rests on and that rose, against its last calm phase."""
    told: set[str] = set()
    for finding in test.diagnosis.findings:
        if finding.category is not Category.BOTTLENECK or finding.onset_ns is None:
            continue
        for block in finding.evidence:
            if not isinstance(block, KeyValues):
                continue
            for name, value, place in block.rows:
                read = _read(value, place)
                if read is None or read[0] in told:
                    continue
                signal, stat, worst = read
                calm = _calm(test, finding, signal, stat)
                if calm is not None and worst.value > _RISEN * max(calm, 0.0):
                    told.add(signal)
                    between = Quantity(math.sqrt(max(calm, 0.0) * worst.value), worst.unit)
                    alarm = message("incident.signals.above", limit=between)
                    label = message("incident.signals.of", name=name, signal=signal)
                    yield finding.title, label, Quantity(calm, worst.unit), worst, alarm


def _read(value: Cell, place: Provenance | None) -> tuple[str, str, Quantity] | None:
    """Return signal, statistic and value of a row of evidence that speaks of a signal."""
    if place is None or not isinstance(value, Quantity):
        return None
    signal, _, stat = place.path.rpartition(" ")
    if stat not in _MEANS or signal.endswith(_OF_LOAD) or not is_signal(signal):
        return None
    return signal, stat, value


def _calm(test: TestAnalysis, finding: Finding, signal: str, stat: str) -> float | None:
    """Return the value of the first steady phase that was over when the finding set in.

    Where there is none it is that of the ramp before it.
    """
    before = [
        phase
        for phase in test.phases.phases
        if phase.reached and finding.onset_ns is not None and phase.end_ns <= finding.onset_ns
    ]
    steady = [phase.name for phase in before if phase.kind is not PhaseKind.RAMP]
    for name in steady or [phase.name for phase in reversed(before)]:
        values = [
            value
            for row in test.measurements.signals
            if row.signal == signal
            and row.phase == name
            and (value := getattr(row, _MEANS[stat])) is not None
        ]
        if values:
            return float(max(values))
    return None


PLUGIN = Part(
    "signals",
    None,
    30,
    message("incident.signals.title"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
