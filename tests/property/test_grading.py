"""Laws of grading that hold for any targets and any figures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.grading import grade
from perfreport.grading.expression import parse
from perfreport.grading.limits import Limit, parse_limit
from perfreport.grading.verdicts import judge
from perfreport.model.analysis import TestSpec
from perfreport.model.grade import Bound, Objective, Operator, TestKind, ValidityLevel, Verdict
from perfreport.model.measurement import Measurement, Measurements, Selector
from perfreport.model.phase import PhaseKind, Phases
from perfreport.model.units import Unit
from perfreport.model.validity import Validity
from perfreport.resources import THRESHOLDS
from tests.unit.grading.cases import measurements, phase, phases

METRICS = ("a_metric", "b_metric")
PHASES = ("all", "plateau", "stage", "spike")
numbers = st.floats(0, 2, allow_nan=False)
PASSING = {Verdict.PASS, Verdict.WARNING}


@st.composite
def objectives(draw: st.DrawFn) -> Objective:
    limit = draw(numbers)
    sign = draw(st.sampled_from([Operator.LT, Operator.LE]))
    margin = draw(st.floats(0.01, 0.5))
    selector = Selector(draw(st.sampled_from(METRICS)), "p(95)", (), draw(st.sampled_from(PHASES)))
    return Objective(
        id=f"{selector.metric} {selector.phase} {limit}",
        selector=selector,
        unit=Unit.SECONDS,
        target=(Bound(sign, limit, f"{sign} {limit}"),),
        warning=draw(st.sampled_from([(), (Bound(sign, limit + margin, ""),)])),
        origin=draw(st.sampled_from(["script", "thresholds"])),
        script_verdict=draw(st.sampled_from([None, None, True, False])),
    )


def kind_of(name: str) -> PhaseKind:
    return PhaseKind.SPIKE if name == "spike" else PhaseKind.PLATEAU


@st.composite
def graded_runs(draw: st.DrawFn) -> tuple[TestSpec, Phases, Measurements, Validity]:
    names = draw(st.lists(st.sampled_from(["p1", "p2", "spike"]), unique=True))
    cut = phases(*(phase(name, kind_of(name), reached=draw(st.booleans())) for name in names))
    asked = [
        Selector(metric, stat, (), where)
        for metric, stat in [*((name, "p(95)") for name in METRICS), ("throughput", "rate")]
        for where in ("all", "plateau", "spike", *names)
    ]
    answers = [
        Measurement(one, draw(st.none() | numbers), Unit.SECONDS, draw(st.integers(0, 99)))
        for one in dict.fromkeys(asked)
    ]
    spec = TestSpec("X", TestKind.STRESS, None, tuple(draw(st.lists(objectives(), max_size=5))))
    return spec, cut, measurements(answers), Validity(draw(st.sampled_from(ValidityLevel)))


@given(graded_runs(), st.data())
@settings(max_examples=300, deadline=None)
def test_deleting_a_measurement_never_makes_a_test_pass(run, data) -> None:
    """Nothing that was not measured passes: with less to go by, PASS can't appear."""
    spec, cut, found, validity = run
    before = grade(spec, cut, found, validity).verdict
    victim = data.draw(st.sampled_from(found.selected))
    for answer in (None, replace(victim, value=None, n=0)):
        rest = [answer if one is victim else one for one in found.selected]
        fewer = replace(found, selected=tuple(one for one in rest if one is not None))
        after = grade(spec, cut, fewer, validity).verdict
        if before not in PASSING:
            assert after not in PASSING
        if before is Verdict.WARNING:
            assert after is not Verdict.PASS


@given(graded_runs(), st.data())
@settings(max_examples=300, deadline=None)
def test_losing_a_phase_never_makes_a_test_pass_cleanly(run, data) -> None:
    """A phase that is gone is not replaced by a figure that could pass for it."""
    spec, cut, found, validity = run
    if not cut.phases:
        return
    before = grade(spec, cut, found, validity).verdict
    victim = data.draw(st.sampled_from(cut.phases))
    gone = replace(cut, phases=tuple(one for one in cut.phases if one is not victim))
    lost = replace(
        found, selected=tuple(one for one in found.selected if one.selector.phase != victim.name)
    )
    unreached = replace(
        cut, phases=tuple(replace(p, reached=p.reached and p is not victim) for p in cut.phases)
    )
    if before is not Verdict.PASS and any(o.selector.phase == "stage" for o in spec.objectives):
        assert grade(spec, unreached, lost, validity).verdict is not Verdict.PASS
    if len([one for one in cut.phases if one.kind is PhaseKind.PLATEAU]) == 1:
        after = grade(spec, gone, found, validity).verdict
        needed = any(o.selector.phase in {"plateau", "stage"} for o in spec.objectives)
        assert not (needed and victim.kind is PhaseKind.PLATEAU and after is Verdict.PASS)


@given(objectives(), numbers, st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_tightening_a_target_never_improves_a_verdict(objective, value, step) -> None:
    measured = Measurement(objective.selector, value, Unit.SECONDS, 1000)
    (bound,) = objective.target
    tighter = replace(objective, target=(replace(bound, limit=bound.limit - step),))
    assert judge(tighter, measured).verdict.badness >= judge(objective, measured).verdict.badness


@given(objectives(), numbers, st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_a_worse_value_never_improves_a_verdict(objective, value, step) -> None:
    better = Measurement(objective.selector, value, Unit.SECONDS, 1000)
    worse = replace(better, value=value + step)
    assert judge(objective, worse).verdict.badness >= judge(objective, better).verdict.badness


@given(st.text(max_size=20))
def test_any_text_is_a_limit_or_a_mistake(text) -> None:
    for unit in (None, *Unit):
        found = parse_limit(text, unit)
        assert not isinstance(found, Limit) or found.bounds


@given(st.text(max_size=20))
def test_any_text_is_a_threshold_or_none(text) -> None:
    parse(text)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_thresholds_or_mistakes(tmp_path_factory, content) -> None:
    from perfreport.grading import check_thresholds

    path = tmp_path_factory.mktemp("any") / "t.yaml"
    path.write_bytes(content)
    assert check_thresholds([path])


@given(st.integers(0, 10_000), st.integers(0, 255), st.sampled_from(["LT-001", "PT-001", "ST-001"]))
@settings(max_examples=150, deadline=None)
def test_a_mutated_file_is_read_or_explained(tmp_path_factory, place, byte, name) -> None:
    from perfreport.grading import check_thresholds

    content = bytearray((THRESHOLDS / f"{name}.yaml").read_bytes())
    content[place % len(content)] = byte
    path = tmp_path_factory.mktemp("mutated") / "t.yaml"
    path.write_bytes(content)
    for one in check_thresholds([path]):
        assert one.line >= 1
        assert one.column >= 1
