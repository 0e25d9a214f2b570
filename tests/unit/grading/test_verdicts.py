"""A value against a target: nothing unmeasured passes, nothing is rounded over its limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.grading.verdicts import judge, weight
from perfreport.model.grade import Bound, Objective, OnMissing, Operator, Verdict
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from tests.unit.grading.cases import measured

TOO_FEW = (message("measure.too-few-samples"),)


def objective(*bounds: tuple[str, float], warning: tuple[tuple[str, float], ...] = ()) -> Objective:
    return Objective(
        id="o",
        selector=Selector("http_req_duration", "p(95)"),
        unit=Unit.SECONDS,
        target=tuple(Bound(Operator(sign), limit, f"{sign} {limit}") for sign, limit in bounds),
        warning=tuple(Bound(Operator(sign), limit, f"{sign} {limit}") for sign, limit in warning),
    )


BELOW = objective(("<", 0.5), warning=(("<", 0.55),))


@pytest.mark.parametrize(
    ("target", "value", "verdict", "margin"),
    [
        (BELOW, 0.4, Verdict.PASS, 0.1),
        (BELOW, 0.5, Verdict.WARNING, 0.0),
        (BELOW, 0.5000000000000001, Verdict.WARNING, -1.1e-16),
        (BELOW, 0.55, Verdict.FAIL, -0.05),
        (objective(("<=", 0.5)), 0.5, Verdict.PASS, 0.0),
        (objective((">", 0.97)), 0.97, Verdict.FAIL, 0.0),
        (objective((">=", 0.97)), 0.97, Verdict.PASS, 0.0),
        (objective((">=", 25), ("<=", 35)), 28.5, Verdict.PASS, 3.5),
        (objective((">=", 25), ("<=", 35)), 36, Verdict.FAIL, -1),
        (objective(("==", 0)), 0, Verdict.PASS, 0.0),
        (objective(("==", 0)), 2, Verdict.FAIL, -2),
        (objective(("!=", 0)), 2, Verdict.PASS, 2),
        (objective(("<", 5)), float("inf"), Verdict.FAIL, float("-inf")),
    ],
)
def test_verdict_and_margin(
    target: Objective, value: float, verdict: Verdict, margin: float
) -> None:
    grade = judge(target, measured("http_req_duration", "p(95)", value))
    assert grade.verdict is verdict
    assert grade.margin == pytest.approx(margin, abs=1e-17, rel=0.05)


@pytest.mark.parametrize("value", [None, float("nan")])
@pytest.mark.parametrize(
    ("on_missing", "counts", "weighs"),
    [
        (OnMissing.FAIL, True, Verdict.NO_DATA),
        (OnMissing.WARN, True, Verdict.WARNING),
        (OnMissing.SKIP, False, None),
    ],
)
def test_nothing_measured_never_passes(
    value: float | None, on_missing: OnMissing, counts: bool, weighs: Verdict | None
) -> None:
    target = replace(BELOW, on_missing=on_missing)
    grade = judge(target, measured("http_req_duration", "p(95)", value, n=0))
    assert (grade.verdict, grade.counts, weight(grade)) == (Verdict.NO_DATA, counts, weighs)
    assert grade.reason is not None
    assert judge(target, None).verdict is Verdict.NO_DATA


@pytest.mark.parametrize(
    ("interval", "borderline"),
    [((0.38, 0.42), False), ((0.38, 0.51), True), ((0.6, 0.7), True), (None, False)],
)
def test_an_interval_across_the_target_is_borderline(
    interval: tuple[float, float] | None, borderline: bool
) -> None:
    grade = judge(BELOW, measured("http_req_duration", "p(95)", 0.4, interval=interval))
    assert (grade.verdict, grade.borderline) == (Verdict.PASS, borderline)


@pytest.mark.parametrize(
    ("value", "interval", "verdict"),
    [
        (0.4, None, Verdict.INCONCLUSIVE),
        (0.9, None, Verdict.INCONCLUSIVE),
        (0.9, (0.5, 0.9), Verdict.INCONCLUSIVE),
        (0.9, (0.6, 0.95), Verdict.FAIL),
    ],
)
def test_too_few_samples_leave_it_open_unless_it_surely_fails(
    value: float, interval: tuple[float, float] | None, verdict: Verdict
) -> None:
    few = measured("http_req_duration", "p(95)", value, n=9, interval=interval, warnings=TOO_FEW)
    assert judge(BELOW, few).verdict is verdict


def test_on_missing_also_says_what_too_few_samples_weigh() -> None:
    few = measured("http_req_duration", "p(95)", 0.4, n=9, warnings=TOO_FEW)
    weights = {how: weight(judge(replace(BELOW, on_missing=how), few)) for how in OnMissing}
    assert weights == {
        OnMissing.FAIL: Verdict.INCONCLUSIVE,
        OnMissing.WARN: Verdict.WARNING,
        OnMissing.SKIP: None,
    }


@pytest.mark.parametrize(
    ("value", "theirs", "verdict"),
    [
        (0.4, True, Verdict.PASS),
        (0.4, None, Verdict.PASS),
        (0.4, False, Verdict.FAIL),  # what k6 failed can't pass because samples are gone
        (0.6, True, Verdict.FAIL),
        (0.6, False, Verdict.FAIL),
        (None, True, Verdict.NO_DATA),
        (None, None, Verdict.NO_DATA),
        (None, False, Verdict.FAIL),
    ],
)
def test_script_thresholds_stand_beside_k6s_verdict(
    value: float | None, theirs: bool | None, verdict: Verdict
) -> None:
    own = replace(objective(("<", 0.5)), origin="script", script_verdict=theirs)
    few = measured("http_req_duration", "p(95)", value, n=2, warnings=TOO_FEW)
    grade = judge(own, few)
    assert (grade.verdict, grade.script_verdict) == (verdict, theirs)


def test_a_threshold_whose_limit_no_file_tells_is_not_passed() -> None:
    untold = replace(objective(), origin="script", on_missing=OnMissing.WARN)
    grade = judge(untold, measured("http_req_duration", "count", 50, unit=Unit.COUNT))
    assert (grade.verdict, weight(grade)) == (Verdict.NO_DATA, Verdict.WARNING)


def test_a_trend_not_declared_as_time_is_read_in_k6s_milliseconds() -> None:
    trend = measured("order_time", "p(95)", 480.0, unit=Unit.NONE, interval=(470.0, 490.0))
    grade = judge(BELOW, trend)
    assert grade.verdict is Verdict.PASS
    assert grade.measurement is not None
    assert (grade.measurement.value, grade.measurement.unit) == (0.48, Unit.SECONDS)
    assert grade.measurement.interval == (0.47, 0.49)
    assert grade.measurement.warnings


@pytest.mark.parametrize(("watched", "verdict"), [(0.2, Verdict.INCONCLUSIVE), (0.6, Verdict.FAIL)])
def test_a_lag_that_never_drained_fails_once_the_limit_is_past(
    watched: float, verdict: Verdict
) -> None:
    """No end was seen: that is no missing figure, the wait lasted at least that long."""
    said = message(
        "warning.signal.not-drained", watched=Quantity(watched, Unit.SECONDS), remaining=9.0
    )
    open_end = measured("kafka.consumer.lag.drain", "last", None, warnings=(said,))
    target = replace(objective(("<", 0.5)), on_missing=OnMissing.SKIP)
    assert judge(target, open_end).verdict is verdict
