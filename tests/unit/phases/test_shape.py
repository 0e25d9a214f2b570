"""Without a plan the load itself gives nearly the same cut; another plan than ran is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.model.grade import TestKind
from perfreport.model.load import Executor, Scenario
from perfreport.phases._anchor import anchor
from perfreport.phases._changepoint import partition
from perfreport.phases._classify import classify
from perfreport.phases._match import fits
from perfreport.phases._plan import combine
from perfreport.phases._shape import shape, with_planned_times
from tests.unit.phases.curves import parts, play, scenario

VUS, RATE = Executor.RAMPING_VUS, Executor.RAMPING_ARRIVAL_RATE
LOAD = (
    scenario("order", RATE, 0.97, (10, 9.6), (50, 9.6), (5, 0.97)),
    scenario("coupon", RATE, 0.48, (10, 4.8), (50, 4.8), (5, 0.48)),
)
STRESS = (scenario("a", VUS, 0, *[(s, v) for v in (20, 40, 60, 80) for s in (2, 10)], (2, 0)),)
SPIKE = (
    scenario(
        "a",
        VUS,
        0,
        (2, 40),
        (8, 40),
        (3, 200),
        (15, 200),
        (2, 80),
        (20, 80),
        (2, 20),
        (10, 20),
        (1, 0),
    ),
)
CONSTANT = (scenario("a", Executor.CONSTANT_VUS, 8, (60, 8)),)
SLOW_RAMP = (scenario("a", VUS, 0, (120, 60), (60, 60), (60, 0)),)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (LOAD, TestKind.LOAD),
        (STRESS, TestKind.STRESS),
        (SPIKE, TestKind.PEAK),
        (CONSTANT, TestKind.LOAD),
        (SLOW_RAMP, TestKind.LOAD),
        ((*LOAD, scenario("late", RATE, 8, (30, 8), at=20)), TestKind.STRESS),
    ],
    ids=["arrival-rate", "steps", "spike", "constant", "slow-ramp", "late-scenario"],
)
def test_the_shape_gives_the_cut_of_the_plan(made: tuple[Scenario, ...], kind: TestKind) -> None:
    planned = classify(combine(parts(*made)), kind)
    seen, _ = shape(play(*made), 0.0)
    found = classify(seen, kind)
    assert [piece.kind for piece in found] == [piece.kind for piece in planned]
    for mine, theirs in zip(found, planned, strict=True):
        assert mine.segment.start == pytest.approx(theirs.segment.start, abs=1.5)
        if theirs.segment.flat:
            level = theirs.segment.end.vus + theirs.segment.end.rate
            assert mine.segment.end.vus + mine.segment.end.rate == pytest.approx(level, rel=0.05)


def test_requests_alone_show_a_step() -> None:
    """Random arrivals without a usable gauge: the noisiest case."""
    made = scenario("a", VUS, 30, (60, 30), (0, 90), (60, 90))
    seen = play(made, latency=0.2)
    blind = seen.__class__(**{
        **{field: getattr(seen, field) for field in seen.__slots__},
        "vus_at": np.empty(0),
        "vus": np.empty(0),
    })
    segments, evidence = shape(blind, 0.0)
    assert evidence is not None
    assert not evidence.regular
    assert [segment.flat for segment in segments] == [True, True]
    assert segments[1].start == pytest.approx(60, abs=2)


@pytest.mark.parametrize("made", [LOAD, STRESS, SPIKE, CONSTANT, SLOW_RAMP])
def test_a_plan_fits_its_own_run(made: tuple[Scenario, ...]) -> None:
    assert fits(play(*made), parts(*made), 0.0)


@pytest.mark.parametrize("made", [LOAD, STRESS, SPIKE, CONSTANT])
def test_a_plan_fits_a_run_that_was_cut_short(made: tuple[Scenario, ...]) -> None:
    assert fits(play(*made, seconds=24), parts(*made), 0.0) is not False


@pytest.mark.parametrize(
    ("ran", "beside", "why"),
    [
        (LOAD, (scenario("order", RATE, 0.97, (12, 9.6), (56, 9.6), (6, 0.97)),
                scenario("coupon", RATE, 0.48, (12, 4.8), (56, 4.8), (6, 0.48))), "slower ramp"),
        (LOAD, (scenario("order", RATE, 0.5, (10, 4.8), (50, 4.8), (5, 0.5)), LOAD[1]), "twice"),
        (LOAD, (scenario("order", RATE, 2, (10, 19.2), (50, 19.2), (5, 2)), LOAD[1]), "half"),
        (STRESS, (scenario("a", VUS, 0, *[(s, v / 2) for v in (20, 40, 60, 80) for s in (2, 10)]),),
         "twice the VUs"),
        (CONSTANT, (scenario("a", Executor.CONSTANT_VUS, 20, (60, 20)),), "fewer VUs"),
        (CONSTANT, (scenario("b", Executor.CONSTANT_VUS, 8, (60, 8)),), "another scenario"),
    ],
)  # fmt: skip
def test_another_plan_than_ran_does_not_fit(
    ran: tuple[Scenario, ...], beside: tuple[Scenario, ...], why: str
) -> None:
    assert fits(play(*ran), parts(*beside), 0.0) is False, why


def test_lost_samples_do_not_speak_against_the_plan() -> None:
    """A gap is a loss, to be reported as one; the planned phases still hold."""
    seen = play(*LOAD)
    for part in seen.scenarios:
        part.started[200:260] = 0
    assert fits(seen, parts(*LOAD), 0.0)


def test_only_levels_differ_so_the_plan_keeps_its_times() -> None:
    beside = scenario("a", VUS, 0, *[(s, v / 2) for v in (20, 40, 60, 80) for s in (2, 10)], (2, 0))
    seen, evidence = shape(play(*STRESS), 0.0)
    adopted = with_planned_times(seen, combine(parts(beside)), evidence)
    assert adopted is not None
    holds = [(piece.start, piece.stop, piece.end.vus) for piece in adopted if piece.flat]
    assert holds == [(2, 12, 20), (14, 24, 40), (26, 36, 60), (38, 48, 80)]


@pytest.mark.parametrize("made", [LOAD, STRESS])
@pytest.mark.parametrize("setup", [0.0, 3.7])
def test_the_start_of_the_load_is_found_after_setup(
    made: tuple[Scenario, ...], setup: float
) -> None:
    seen = play(*made, begin=setup)
    assert anchor(seen, parts(*made)) == pytest.approx(setup, abs=0.15)


@given(
    levels=st.lists(st.integers(5, 100), min_size=1, max_size=5),
    length=st.integers(8, 25),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_partition_never_loses_a_point_and_finds_clear_steps(
    levels: list[int], length: int, seed: int
) -> None:
    values = np.repeat(np.array(levels, dtype=float), length)
    noisy = values + np.random.default_rng(seed).normal(0, 0.3, len(values))
    cuts = partition(np.arange(len(values), dtype=float), [noisy], [0.5])
    assert cuts[0] == 0
    assert cuts == sorted(set(cuts))
    clear = [
        place * length
        for place in range(1, len(levels))
        if abs(levels[place] - levels[place - 1]) >= 8
    ]
    assert all(min(abs(cut - step) for cut in cuts) <= 1 for step in clear)
