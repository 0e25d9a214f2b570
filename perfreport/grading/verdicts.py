"""One objective against one measured value: verdict, margin, and whether chance could turn it.

Nothing that was not measured passes. Values and limits are compared as they are, never rounded.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading.catalogue import Family, find_metric, percentile
from perfreport.grading.script import ORIGIN
from perfreport.model.grade import Grade, OnMissing, Operator, Verdict
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from perfreport.model.grade import Bound, Objective
    from perfreport.model.measurement import Measurement

_MS_PER_SECOND = 1000.0
_UNKNOWN = frozenset({Verdict.NO_DATA, Verdict.INCONCLUSIVE})
_TOO_FEW = "too-few-samples"
_NOT_DRAINED = "warning.signal.not-drained"


def holds(bounds: tuple[Bound, ...], value: float) -> bool:
    """Whether a value meets every bound."""
    return all(_compare(bound, value) for bound in bounds)


def margin_to(bounds: tuple[Bound, ...], value: float) -> float:
    """How far a value lies inside (positive) or past (negative) its nearest bound."""
    return min(_room(bound, value) for bound in bounds)


def judge(objective: Objective, measured: Measurement | None) -> Grade:
    """Grade one objective.

    A percentile of too few samples is INCONCLUSIVE, unless even the favourable end of its interval
    misses the target; thresholds of the script are graded as k6 does, whatever the count. What k6
    itself failed never passes here.
    """
    measured = _in_unit_of(objective, measured)
    if not objective.target:
        return _untold(objective, measured)
    value = _value_of(measured)
    if measured is None or value is None:
        return _without_value(objective, measured)
    verdict, reason = _verdict(objective, measured, value)
    return _grade(
        objective,
        measured,
        verdict,
        margin=margin_to(objective.target, value),
        borderline=_straddles(objective, measured),
        reason=reason,
    )


def _verdict(
    objective: Objective, measured: Measurement, value: float
) -> tuple[Verdict, Message | None]:
    verdict = _by_value(objective, value)
    if objective.origin == ORIGIN:
        return _beside_k6(objective, verdict)
    if _too_few(measured) and not _surely_fails(objective, measured):
        return Verdict.INCONCLUSIVE, message("grading.too-few-samples", n=measured.n)
    if _of_unknown_many(measured) and verdict is not Verdict.FAIL:
        return Verdict.INCONCLUSIVE, message("grading.sample-count-unknown")
    return verdict, None


def _without_value(objective: Objective, measured: Measurement | None) -> Grade:
    at_least = _lower_bound(measured)
    if at_least is not None:
        return _censored(objective, measured, at_least)
    if objective.script_verdict is False:
        reason = message("grading.k6-failed-unmeasured")
        return _grade(objective, measured, Verdict.FAIL, reason=reason)
    return _missing(objective, measured, _why_missing(objective, measured))


def weight(grade: Grade) -> Verdict | None:
    """What a grade contributes to the verdict of its test; None: nothing."""
    if not grade.counts:
        return None
    if grade.verdict in _UNKNOWN and grade.objective.on_missing is OnMissing.WARN:
        return Verdict.WARNING
    return grade.verdict


def capped(grade: Grade, best: Verdict, reason: Message) -> Grade:
    """Return the grade with a verdict no better than `best`, saying why."""
    if grade.verdict is Verdict.NO_DATA:
        return grade
    if grade.verdict.badness >= best.badness:
        return replace(grade, reason=grade.reason or reason)
    return replace(grade, verdict=best, reason=reason)


def _grade(
    objective: Objective,
    measured: Measurement | None,
    verdict: Verdict,
    *,
    margin: float | None = None,
    borderline: bool = False,
    reason: Message | None = None,
) -> Grade:
    return Grade(
        objective=objective,
        measurement=measured,
        verdict=verdict,
        margin=margin,
        borderline=borderline,
        counts=verdict not in _UNKNOWN or objective.on_missing is not OnMissing.SKIP,
        reason=reason,
        script_verdict=objective.script_verdict,
    )


def _untold(objective: Objective, measured: Measurement | None) -> Grade:
    if objective.script_verdict is False:
        reason = message("grading.k6-failed-untold")
        return _grade(objective, measured, Verdict.FAIL, reason=reason)
    return _missing(objective, measured, message("grading.target-untold"))


def _missing(objective: Objective, measured: Measurement | None, reason: Message) -> Grade:
    return _grade(objective, measured, Verdict.NO_DATA, reason=reason)


def _why_missing(objective: Objective, measured: Measurement | None) -> Message:
    selector = objective.selector
    if objective.origin == ORIGIN and objective.script_verdict:
        return message("grading.no-samples-k6-passed", metric=selector.metric)
    spec = find_metric(selector.metric)
    if spec is not None and spec.family is Family.SIGNAL:
        return message("grading.signal-missing", metric=selector.metric)
    if measured is None:
        return message("grading.not-measured", metric=selector.metric)
    if selector.phase != WHOLE_RUN:
        return message("grading.no-samples-in-phase", metric=selector.metric, phase=selector.phase)
    return message("grading.no-samples", metric=selector.metric)


def _by_value(objective: Objective, value: float) -> Verdict:
    if holds(objective.target, value):
        return Verdict.PASS
    if objective.warning and holds(objective.warning, value):
        return Verdict.WARNING
    return Verdict.FAIL


def _beside_k6(objective: Objective, ours: Verdict) -> tuple[Verdict, Message | None]:
    failed = ours is Verdict.FAIL
    if objective.script_verdict is False and not failed:
        return Verdict.FAIL, message("grading.k6-failed")
    if objective.script_verdict and failed:
        return Verdict.FAIL, message("grading.k6-disagrees")
    return ours, None


def _value_of(measured: Measurement | None) -> float | None:
    """The value, where it rests on samples; k6 prints 0 for a rate of nothing."""
    if measured is None or measured.value is None or math.isnan(measured.value):
        return None
    return None if measured.unit is Unit.RATIO and not measured.n else measured.value


def _of_unknown_many(measured: Measurement) -> bool:
    """A percentile that a summary tells without telling of how many samples."""
    return not measured.n and percentile(measured.selector.stat) is not None


def _too_few(measured: Measurement) -> bool:
    return any(warning.key.endswith(_TOO_FEW) for warning in measured.warnings)


def _surely_fails(objective: Objective, measured: Measurement) -> bool:
    if measured.interval is None:
        return False
    ends = (*measured.interval, measured.value or 0.0)
    return all(_by_value(objective, end) is Verdict.FAIL for end in ends)


def _straddles(objective: Objective, measured: Measurement) -> bool:
    if measured.interval is None or measured.value is None:
        return False
    met = holds(objective.target, measured.value)
    return any(holds(objective.target, end) != met for end in measured.interval)


def _compare(bound: Bound, value: float) -> bool:
    match bound.operator:
        case Operator.LT:
            return value < bound.limit
        case Operator.LE:
            return value <= bound.limit
        case Operator.GT:
            return value > bound.limit
        case Operator.GE:
            return value >= bound.limit
        case Operator.EQ:
            return value == bound.limit
        case Operator.NE:
            return value != bound.limit


def _room(bound: Bound, value: float) -> float:
    if bound.operator in {Operator.LT, Operator.LE}:
        return bound.limit - value
    if bound.operator in {Operator.GT, Operator.GE}:
        return value - bound.limit
    distance = abs(value - bound.limit)
    return distance if bound.operator is Operator.NE else -distance


def _lower_bound(measured: Measurement | None) -> Quantity | None:
    """What a value that was still rising when observation ended is known to exceed."""
    for warning in measured.warnings if measured is not None else ():
        if warning.key == _NOT_DRAINED:
            watched = dict(warning.params).get("watched")
            return watched if isinstance(watched, Quantity) else None
    return None


def _censored(objective: Objective, measured: Measurement | None, at_least: Quantity) -> Grade:
    """Grade what never ended: past the limit already it fails, else nobody knows."""
    reason = message("grading.still-going", watched=at_least)
    limits = objective.warning or objective.target
    failed = not holds(limits, at_least.value)
    if failed:
        return _grade(objective, measured, Verdict.FAIL, reason=reason)
    return _grade(objective, measured, Verdict.INCONCLUSIVE, reason=reason)


def _in_unit_of(objective: Objective, measured: Measurement | None) -> Measurement | None:
    """Read a custom metric that is not declared as time in k6's milliseconds, where asked to.

    Scripts often write `new Trend("order_time")` without saying that it holds times; a target of
    `< 500ms` says it for them.
    """
    if measured is None or measured.unit not in {Unit.NONE, Unit.COUNT}:
        return measured
    if objective.unit is not Unit.SECONDS or measured.value is None:
        return measured
    interval = measured.interval
    return replace(
        measured,
        value=measured.value / _MS_PER_SECOND,
        unit=Unit.SECONDS,
        interval=interval and (interval[0] / _MS_PER_SECOND, interval[1] / _MS_PER_SECOND),
        warnings=(*measured.warnings, message("grading.read-as-ms")),
    )
