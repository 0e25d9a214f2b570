"""Small phrases that many sections share: verdicts, targets, measured values, phases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from perfreport.model.grade import Operator, StageLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.resources import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Grid
    from perfreport.model.finding import Cell
    from perfreport.model.grade import Bound, Grade, Objective, StageGrade, TestGrade
    from perfreport.model.measurement import LoadSlice
    from perfreport.model.phase import Phase, Phases

NOTHING: Cell = None
_BELOW = {Operator.LT, Operator.LE}
_TELLS_LOAD = {"load", "begin", "end"}  # parameters of the titles we give
_BASELINE = "baseline"  # the family of plateaus before a spike
_ABOVE = {Operator.GT, Operator.GE}


def verdict_word(verdict: Verdict) -> Message:
    """Return the verdict as readers see it, with its sign."""
    return message(f"verdict.{verdict.value}")


def level_word(stage: StageGrade) -> Message:
    """Return the word of a stage's level; a stage that was not judged shows its verdict."""
    if stage.level is None or stage.verdict in {Verdict.NO_DATA, Verdict.INCONCLUSIVE}:
        return verdict_word(stage.verdict)
    return message(f"stage-level.{StageLevel(stage.level).name.lower()}")


def title_of(grade: TestGrade) -> Message:
    """Return the name of a test: kind, id and, where the thresholds give one, its title."""
    kind = message(f"test-kind.{grade.kind.value}")
    if grade.title is None:
        return message("test.named", kind=kind, id=grade.test_id)
    return message("test.titled", kind=kind, id=grade.test_id, title=grade.title)


def name_of(grade: TestGrade) -> Message:
    """Return kind and id of a test."""
    return message("test.named", kind=message(f"test-kind.{grade.kind.value}"), id=grade.test_id)


def objective_name(objective: Objective) -> Message:
    """Return the readable name of an objective, or its id."""
    return objective.title or message("report.as-code", text=objective.id)


def target(bounds: Sequence[Bound], unit: Unit) -> Cell:
    """Return the bounds of a target as a reader writes them."""
    if not bounds:
        return NOTHING
    if len(bounds) == 2:
        low, high = sorted(bounds, key=lambda bound: bound.limit)
        if low.operator in _ABOVE and high.operator in _BELOW:
            return message(
                "target.range", low=Quantity(low.limit, unit), high=Quantity(high.limit, unit)
            )
    words = tuple(
        message(f"target.{bound.operator.name.lower()}", limit=Quantity(bound.limit, unit))
        for bound in bounds
    )
    return words[0] if len(words) == 1 else message("target.all", bounds=words)


def actual(grade: Grade) -> Cell:
    """Return the measured value, with digits enough to be told from its limit."""
    measured = grade.measurement
    if measured is None or measured.value is None:
        return NOTHING
    value = Quantity(measured.value, measured.unit)
    bound = deciding(grade)
    key = "cell.estimated" if measured.estimated else "cell.measured"
    limit = value if bound is None else Quantity(bound.limit, measured.unit)
    return message(key, value=value, limit=limit)


def every_grade(test: TestAnalysis) -> list[Grade]:
    """Return the grades of the test and of its stages."""
    return [*test.grade.grades, *(one for stage in test.grade.stages for one in stage.grades)]


def deciding(grade: Grade) -> Bound | None:
    """Return the bound that is missed furthest, or met most narrowly."""
    measured = grade.measurement
    bounds = grade.objective.target
    if not bounds or measured is None or measured.value is None:
        return None
    value = measured.value
    return min(bounds, key=lambda bound: _room(bound, value))


def _room(bound: Bound, value: float) -> float:
    """Return how far inside a bound a value is; negative past it."""
    if bound.operator in _BELOW:
        return bound.limit - value
    if bound.operator in _ABOVE:
        return value - bound.limit
    return -abs(value - bound.limit)


def difference(grade: Grade) -> Cell:
    """Return how far the value lies from its limit, absolute and in percent of the limit."""
    measured, bound = grade.measurement, deciding(grade)
    if measured is None or measured.value is None or bound is None:
        return NOTHING
    if len(grade.objective.target) > 1 and grade.verdict is Verdict.PASS:
        return message("cell.in-range")
    away = measured.value - bound.limit
    if away == 0:
        return message("cell.at-limit")
    if bound.limit == 0 or measured.unit is Unit.RATIO:
        key = "cell.points" if measured.unit is Unit.RATIO else "cell.away"
        return message(key, away=Quantity(away, measured.unit))
    return message(
        "cell.away-relative",
        away=Quantity(away, measured.unit),
        ratio=Quantity(away / abs(bound.limit), Unit.RATIO),
    )


def verdict_sentence(grade: Grade) -> Message:
    """Say how one objective went: conclusion, number, target, difference."""
    name = objective_name(grade.objective)
    measured, bound = grade.measurement, deciding(grade)
    if measured is None or measured.value is None or bound is None:
        return grade.reason or message("grade.no-data", name=name)
    value = Quantity(measured.value, measured.unit)
    limit = Quantity(bound.limit, measured.unit)
    if grade.verdict is Verdict.INCONCLUSIVE:
        return message("grade.inconclusive", name=name, value=value, limit=limit)
    if grade.verdict is Verdict.PASS:
        return message("grade.met", name=name, value=value, limit=limit)
    past = Quantity(abs(value.value - limit.value), measured.unit)
    if not past.value:
        side = "above" if bound.operator in _ABOVE else "below"
        return message(f"grade.at-limit-{side}", name=name, value=value, limit=limit)
    if bound.operator in _ABOVE:
        return _missed("below", name, value, limit, past)
    if bound.operator in _BELOW:
        return _missed("above", name, value, limit, past)
    return message("grade.differs", name=name, value=value, limit=limit)


def _missed(side: str, name: Message, value: Quantity, limit: Quantity, past: Quantity) -> Message:
    if limit.value == 0:
        return message(f"grade.{side}-zero", name=name, value=value)
    if value.unit is Unit.RATIO:
        return message(f"grade.{side}-points", name=name, value=value, limit=limit, past=past)
    ratio = Quantity(past.value / abs(limit.value), Unit.RATIO)
    if side == "above" and ratio.value >= 1:
        times = value.value / limit.value
        return message("grade.above-times", name=name, value=value, limit=limit, times=times)
    return message(f"grade.{side}", name=name, value=value, limit=limit, ratio=ratio)


def thresholds_name(path: str) -> str:
    """Return a thresholds file as a reader knows it: ours without the place it is installed at."""
    try:
        return f"{THRESHOLDS.name}/{Path(path).relative_to(THRESHOLDS).as_posix()}"
    except ValueError:
        return path


def seconds(value: float | None) -> Cell:
    """Return a time in base units as a cell."""
    return NOTHING if value is None else Quantity(value, Unit.SECONDS)


def ratio(value: float | None) -> Cell:
    """Return a share as a cell."""
    return NOTHING if value is None else Quantity(value, Unit.RATIO)


def tps(value: float | None) -> Cell:
    """Return a rate per second for a column whose heading names the unit."""
    return NOTHING if value is None else Quantity(value, Unit.NONE)


def short_title(phases: Phases, phase: Phase) -> Message:
    """Return what a phase is called where its load stands beside it."""
    if phase.kind is not PhaseKind.TAIL and not _TELLS_LOAD & dict(phase.title.params).keys():
        return phase.title  # the user named it
    family, _, number = phase.name.rpartition("-")
    if phase.kind is PhaseKind.RAMP:
        begin = _level_before(phases, phase)
        falls = phase.level is not None and begin is not None and phase.level < begin
        return message("phase-kind.ramp-down" if falls else "phase-kind.ramp-up")
    if family == "stage" and number.isdigit():
        return message("phase-kind.stage", number=int(number))
    word = _BASELINE if _BASELINE in {family, phase.name} else phase.kind.value
    kind = message(f"phase-kind.{word}")
    if family and number.isdigit():
        return message("phase-kind.numbered", kind=kind, number=int(number))
    return kind


def load_of(phases: Phases, phase: Phase) -> Cell:
    """Return the load of a phase; of a ramp, from where to where."""
    if phase.level is None or phase.unit is None:
        return NOTHING
    unit = "vus" if phase.unit is LoadUnit.VUS else "rate"
    begin = _level_before(phases, phase)
    if phase.kind is PhaseKind.RAMP and begin is not None:
        return message(f"load.{unit}-moving", begin=begin, end=phase.level)
    return message(f"load.{unit}", level=phase.level)


def _level_before(phases: Phases, phase: Phase) -> float | None:
    place = phases.phases.index(phase)
    return phases.phases[place - 1].level if place else 0.0


def phase_name(phases: Phases, name: str) -> Message:
    """Return the readable name of a phase for a sentence."""
    phase = phase_of(phases, name)
    if phase is None:
        return message("report.as-code", text=name)
    load = load_of(phases, phase)
    if isinstance(load, Message) and not _TELLS_LOAD & dict(phase.title.params).keys():
        return message("phase-kind.named-with-load", title=phase.title, load=load)
    return phase.title


def phase_of(phases: Phases, name: str) -> Phase | None:
    """Return a phase by name."""
    return next((phase for phase in phases.phases if phase.name == name), None)


def error_rate_of(part: LoadSlice | None) -> Cell:
    """Return the failed share of a slice."""
    return NOTHING if part is None else ratio(part.error_rate)


def limited(grid: Grid, most: int, order: Message) -> Grid:
    """Keep the first rows and say how many more there are, and how they were ordered."""
    from dataclasses import replace

    if len(grid.rows) <= most:
        return grid
    note = message("report.rows-left-out", shown=most, more=len(grid.rows) - most, order=order)
    return replace(grid, rows=grid.rows[:most], notes=(*grid.notes, note))
