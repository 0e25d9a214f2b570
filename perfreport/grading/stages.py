"""The stage table of a stress test and the point where the system broke.

A stage's level follows from the objectives graded on it alone:

- NORMAL: every target is met.
- WARNING: a target is missed, within its warning margin.
- FAILED: a target is missed beyond its margin.
- COLLAPSED: failed, and the system no longer serves: an objective is past its `collapse` limit
  (an error rate of 10 % loses one request in ten, which no retry hides), or the throughput fell
  below half of what the system already served under less load: more load, less than half the work.

A throughput band is a floor for the system: below it by up to 10 % is a warning (closed loops
slow down a little with latency), further down a failure. Its upper end says what load was meant;
a system that serves more has not failed.

The breaking point is the first stage that failed. Of the objectives failed there, the one that
left its target at the earliest stage broke first; among equals what users feel comes before
server signals, which explain it, and then the one further past its limit.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from perfreport.grading.asking import stages_of, throughput_of
from perfreport.grading.catalogue import Family, find_metric
from perfreport.grading.limits import widened
from perfreport.grading.naming import STAGE, objective_id, objective_title
from perfreport.grading.verdicts import holds, judge, margin_to, weight
from perfreport.model.grade import (
    Bound,
    BreakingPoint,
    Grade,
    Objective,
    Operator,
    StageGrade,
    StageLevel,
    Verdict,
)
from perfreport.model.message import message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.model.analysis import StageTarget, TestSpec
    from perfreport.model.measurement import Measurements
    from perfreport.model.phase import Phase, Phases

_THROUGHPUT_MARGIN = Decimal("0.10")
_COLLAPSED_SHARE = 0.5


def grade_stages(
    spec: TestSpec, phases: Phases, measurements: Measurements
) -> tuple[StageGrade, ...]:
    """Return one row per stage, in order of time."""
    rows: list[StageGrade] = []
    stages = stages_of(phases)
    targets = {target.name: target for target in spec.stages}
    for place, stage in enumerate(stages):
        row = _row(spec, stage, targets.get(stage.name), measurements)
        if row.level is StageLevel.FAILED and (
            _past_collapse(row) or _serves_far_less(stage, stages[:place], measurements)
        ):
            row = replace(row, level=StageLevel.COLLAPSED)
        rows.append(row)
    return tuple(rows)


def breaking_point(rows: tuple[StageGrade, ...]) -> BreakingPoint | None:
    """Return where the system broke; None where no stage could be judged."""
    judged = [row for row in rows if row.level is not None]
    if not judged:
        return None
    broken = next((row for row in judged if _is_broken(row)), None)
    if broken is None:
        return BreakingPoint(judged[-1].phase, None, None)
    before = judged[: judged.index(broken)]
    failed = [grade for grade in broken.grades if grade.verdict is Verdict.FAIL]
    first = min(
        failed, key=lambda grade: (_onset(judged, grade), _is_signal(grade), -_excess(grade))
    )
    return BreakingPoint(
        last_good=before[-1].phase if before else None,
        phase=broken.phase,
        objective=first.objective.id,
    )


def _is_broken(row: StageGrade) -> bool:
    return row.level is not None and row.level >= StageLevel.FAILED


def _row(
    spec: TestSpec, stage: Phase, target: StageTarget | None, measurements: Measurements
) -> StageGrade:
    if not stage.reached:
        reason = message("grading.stage-not-reached")
        return StageGrade(stage.name, None, Verdict.NO_DATA, (), reason=reason)
    grades = [
        judge(_on(objective, stage), measurements.find(_on(objective, stage).selector))
        for objective in spec.objectives
        if objective.selector.phase == STAGE
    ]
    band = _band_objective(stage, target)
    if band is not None:
        grades.append(judge(band, measurements.find(band.selector)))
    weights = [found for grade in grades if (found := weight(grade)) is not None]
    verdict = max(weights, key=lambda one: one.badness, default=Verdict.NO_DATA)
    return StageGrade(
        phase=stage.name,
        level=_level(_known(weights)),
        verdict=verdict,
        grades=tuple(grades),
        throughput_target=_band(target.throughput) if band and target and target.throughput else (),
        reason=None if weights else message("grading.stage-without-objectives"),
    )


def _known(weights: list[Verdict]) -> Verdict:
    """The worst of a stage as far as it is known.

    What is known to miss its target is a warning or a failure whatever else was left open by too
    few samples; a stage with anything open is never called normal.
    """
    worst = max(weights, key=lambda one: one.badness, default=Verdict.NO_DATA)
    if worst is Verdict.INCONCLUSIVE and Verdict.WARNING in weights:
        return Verdict.WARNING
    return worst


def _level(verdict: Verdict) -> StageLevel | None:
    match verdict:
        case Verdict.PASS:
            return StageLevel.NORMAL
        case Verdict.WARNING:
            return StageLevel.WARNING
        case Verdict.FAIL:
            return StageLevel.FAILED
        case Verdict.NO_DATA | Verdict.INCONCLUSIVE:
            return None


def _on(objective: Objective, stage: Phase) -> Objective:
    selector = replace(objective.selector, phase=stage.name)
    return replace(objective, selector=selector, id=objective_id(selector))


def _band_objective(stage: Phase, target: StageTarget | None) -> Objective | None:
    if target is None or target.throughput is None:
        return None
    low, high = target.throughput
    if low is None:
        return None
    floor = (Bound(Operator.GE, low, _band_text(low, high)),)
    selector = throughput_of(stage)
    return Objective(
        id=objective_id(selector),
        selector=selector,
        unit=Unit.PER_SECOND,
        target=floor,
        warning=widened(floor, _THROUGHPUT_MARGIN),
        title=objective_title(replace(selector, phase=STAGE)),
        place=target.place,
    )


def _band(throughput: tuple[float | None, float | None]) -> tuple[Bound, ...]:
    """Return the band as planned; only its floor is judged."""
    low, high = throughput
    bounds = ((Operator.GE, low), (Operator.LE, high))
    return tuple(
        Bound(operator, limit, f"{operator.value} {limit:g}/s")
        for operator, limit in bounds
        if limit is not None
    )


def _band_text(low: float, high: float | None) -> str:
    return f">= {low:g}/s" if high is None else f"{low:g}..{high:g}/s"


def _throughput(stage: Phase, measurements: Measurements) -> float | None:
    measured = measurements.find(throughput_of(stage))
    return measured.value if measured is not None else None


def _serves_far_less(stage: Phase, earlier: tuple[Phase, ...], measurements: Measurements) -> bool:
    served = _throughput(stage, measurements)
    lighter = [other for other in earlier if (other.level or 0.0) <= (stage.level or float("inf"))]
    best = max((_throughput(other, measurements) or 0.0 for other in lighter), default=0.0)
    return served is not None and served < _COLLAPSED_SHARE * best


def _past_collapse(row: StageGrade) -> bool:
    return any(
        grade.verdict is Verdict.FAIL
        and grade.objective.collapse
        and grade.measurement is not None
        and grade.measurement.value is not None
        and holds(grade.objective.collapse, grade.measurement.value)
        for grade in row.grades
    )


def _key(grade: Grade) -> tuple[object, ...]:
    selector = grade.objective.selector
    return (selector.metric, selector.stat, selector.where, selector.only_successful)


def _onset(rows: list[StageGrade], grade: Grade) -> int:
    """Number of the first stage at which this objective was no longer met."""
    for place, row in enumerate(rows):
        for other in row.grades:
            missed = other.verdict in {Verdict.WARNING, Verdict.FAIL}
            if missed and _key(other) == _key(grade):
                return place
    return len(rows)


def _is_signal(grade: Grade) -> bool:
    spec = find_metric(grade.objective.selector.metric)
    return spec is not None and spec.family is Family.SIGNAL


def _excess(grade: Grade) -> float:
    """How far past its limit a failed objective is, as a share of the limit."""
    if grade.measurement is None or grade.measurement.value is None:
        return 0.0
    past = -margin_to(grade.objective.target, grade.measurement.value)
    limit = max(abs(bound.limit) for bound in grade.objective.target)
    return past / limit if limit else past
