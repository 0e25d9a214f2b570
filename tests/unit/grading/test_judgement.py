"""The verdict of a test: the worst that counts, within what validity allows; and the gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.errors import ExitCode
from perfreport.grading import gate, grade
from perfreport.model.analysis import TestSpec
from perfreport.model.finding import RuleError
from perfreport.model.grade import (
    Bound,
    FailOn,
    Objective,
    OnMissing,
    Operator,
    StageLevel,
    TestKind,
    ValidityLevel,
    Verdict,
)
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Unit
from perfreport.model.validity import Validity
from perfreport.render.i18n import Catalogue
from tests.unit.grading.cases import VALID, answered, measurements, phase, phases

PLATEAU = phases(phase("plateau"))
VALUES = {Verdict.PASS: 0.1, Verdict.WARNING: 0.6, Verdict.FAIL: 0.9, Verdict.NO_DATA: None}


def objective(
    name: str, phase: str = "plateau", on_missing: OnMissing = OnMissing.FAIL
) -> Objective:
    return Objective(
        id=f"{name} {phase}",
        selector=Selector(name, "p(95)", (), phase),
        unit=Unit.SECONDS,
        target=(Bound(Operator.LT, 0.5, "< 500ms"),),
        warning=(Bound(Operator.LT, 0.8, "< 800ms"),),
        on_missing=on_missing,
    )


def spec(*objectives: Objective, kind: TestKind = TestKind.LOAD) -> TestSpec:
    return TestSpec("X-1", kind, None, objectives)


def graded(verdicts: list[Verdict], validity: Validity = VALID, **more: OnMissing):
    asked = spec(*(objective(f"m{n}", **more) for n in range(len(verdicts))))
    values = {f"m{n}": VALUES[verdict] for n, verdict in enumerate(verdicts)}
    return grade(asked, PLATEAU, answered(asked, PLATEAU, lambda s: values[s.metric]), validity)


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([Verdict.PASS, Verdict.PASS], Verdict.PASS),
        ([Verdict.PASS, Verdict.WARNING], Verdict.WARNING),
        ([Verdict.WARNING, Verdict.NO_DATA], Verdict.NO_DATA),
        ([Verdict.NO_DATA, Verdict.FAIL, Verdict.PASS], Verdict.FAIL),
        ([], Verdict.NO_DATA),
    ],
)
def test_a_test_takes_its_worst(verdicts: list[Verdict], worst: Verdict) -> None:
    found = graded(verdicts)
    assert found.verdict is worst
    for language in ("ko", "en"):
        assert all(Catalogue(language).text(reason) for reason in found.reasons)
    assert found.reasons


def test_a_name_that_two_objectives_share_is_said_once() -> None:
    title = message("phase.title.named", name="P95")
    asked = spec(*(replace(objective(f"m{n}"), title=title) for n in range(2)))
    slow = VALUES[Verdict.FAIL]
    found = grade(asked, PLATEAU, answered(asked, PLATEAU, lambda _: slow), VALID)
    said = dict(found.reasons[0].params)
    assert (said["count"], said["names"]) == (2, (title,))


def test_skipped_objectives_are_seen_but_weigh_nothing() -> None:
    found = graded([Verdict.PASS, Verdict.NO_DATA], on_missing=OnMissing.SKIP)
    assert found.verdict is Verdict.PASS
    assert [one.counts for one in found.grades] == [True, False]
    assert graded([Verdict.NO_DATA], on_missing=OnMissing.SKIP).verdict is Verdict.NO_DATA


@pytest.mark.parametrize("level", ValidityLevel)
@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.WARNING, Verdict.NO_DATA, Verdict.FAIL])
def test_validity_only_ever_lowers_a_verdict(level: ValidityLevel, verdict: Verdict) -> None:
    found = graded([verdict], Validity(level)).verdict
    expected = {
        ValidityLevel.VALID: verdict,
        ValidityLevel.QUESTIONABLE: Verdict.WARNING if verdict is Verdict.PASS else verdict,
        ValidityLevel.INVALID: Verdict.FAIL if verdict is Verdict.FAIL else Verdict.INCONCLUSIVE,
    }
    assert found is expected[level]


def test_a_validity_rule_in_error_keeps_a_run_from_passing() -> None:
    broken = Validity(ValidityLevel.VALID, errors=(RuleError("no-plateau", "KeyError: x"),))
    assert graded([Verdict.PASS], broken).verdict is Verdict.WARNING


@pytest.mark.parametrize("value", [0.1, 0.6, 0.9])
def test_without_a_plateau_the_whole_run_can_fail_but_not_pass(value: float) -> None:
    asked = spec(objective("m"))
    bare = phases(phase("ramp-1", PhaseKind.RAMP))
    found = grade(asked, bare, answered(asked, bare, lambda _: value), VALID)
    (one,) = found.grades
    assert one.verdict is (Verdict.FAIL if value == 0.9 else Verdict.WARNING)
    assert one.reason is not None
    assert one.measurement is not None
    assert one.measurement.selector.phase == "all"


def test_without_samples_stages_are_left_open() -> None:
    asked = spec(objective("m", "stage"), kind=TestKind.STRESS)
    found = grade(asked, phases(), answered(asked, phases(), lambda _: 0.1), VALID)
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_missing_spike_is_not_replaced_by_anything() -> None:
    asked = spec(objective("m", "spike"))
    found = grade(asked, PLATEAU, answered(asked, PLATEAU, lambda s: None), VALID)
    assert found.grades[0].verdict is Verdict.NO_DATA


def test_unanswered_questions_are_no_data() -> None:
    asked = spec(objective("m"))
    assert grade(asked, PLATEAU, measurements([]), VALID).verdict is Verdict.NO_DATA


def _slumping(selector: Selector) -> float:
    if selector.metric == "throughput":
        return 100.0 if selector.phase == "stage-1" else 10.0
    return 0.9


def test_stage_collapse_needs_more_load_than_before() -> None:
    """The last, light hold of a test serves less by plan, not because the system collapsed."""
    asked = spec(objective("m", "stage"), kind=TestKind.STRESS)
    for level, expected in ((20.0, StageLevel.FAILED), (300.0, StageLevel.COLLAPSED)):
        cut = phases(phase("stage-1", level=200.0), phase("stage-2", level=level))
        found = grade(asked, cut, answered(asked, cut, _slumping), VALID)
        assert found.stages[1].level is expected


@pytest.mark.parametrize(
    ("verdicts", "fail_on", "code"),
    [
        ([Verdict.PASS], FailOn.FAIL, ExitCode.PASSED),
        ([Verdict.PASS, Verdict.WARNING], FailOn.FAIL, ExitCode.PASSED),
        ([Verdict.PASS, Verdict.WARNING], FailOn.WARNING, ExitCode.GATE_FAILED),
        ([Verdict.FAIL, Verdict.NO_DATA], FailOn.FAIL, ExitCode.GATE_FAILED),
        ([Verdict.PASS, Verdict.NO_DATA], FailOn.FAIL, ExitCode.NOT_JUDGED),
        ([Verdict.WARNING, Verdict.INCONCLUSIVE], FailOn.FAIL, ExitCode.NOT_JUDGED),
        ([Verdict.WARNING, Verdict.INCONCLUSIVE], FailOn.WARNING, ExitCode.GATE_FAILED),
        ([], FailOn.FAIL, ExitCode.NOT_JUDGED),
    ],
)
def test_the_gate(verdicts: list[Verdict], fail_on: FailOn, code: ExitCode) -> None:
    tests = [replace(graded([Verdict.PASS]), verdict=verdict) for verdict in verdicts]
    worst, exit_code = gate(tests, fail_on)
    assert exit_code is code
    assert worst is max(verdicts, key=lambda one: one.badness, default=Verdict.NO_DATA)


def test_a_summary_alone_does_not_pass() -> None:
    """Its figures may be right; that the load was whole and as planned nobody can tell."""
    asked = spec(objective("m", "all"))
    found = grade(asked, phases(), answered(asked, phases(), lambda _: 0.1), VALID)
    assert [one.verdict for one in found.grades] == [Verdict.PASS]
    assert found.verdict is Verdict.WARNING
