"""k6's configuration becomes the phases a performance engineer would draw on paper."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.model.grade import TestKind
from perfreport.model.load import Executor, Scenario
from perfreport.model.phase import LoadUnit, PhaseKind, PhaseOrigin
from perfreport.phases._classify import classify, name
from perfreport.phases._plan import combine
from tests.unit.phases.curves import parts, scenario

VUS, RATE = Executor.RAMPING_VUS, Executor.RAMPING_ARRIVAL_RATE


def drawn(*scenarios: Scenario, kind: TestKind = TestKind.LOAD) -> list[tuple[str, float, float]]:
    pieces = classify(combine(parts(*scenarios)), kind)
    return [
        (phase.name, phase.start_ns / 1e9, phase.end_ns / 1e9)
        for phase in name(pieces, 0, PhaseOrigin.PLAN)
    ]


def test_three_scenarios_with_different_ramps_share_the_window_where_all_are_flat() -> None:
    found = drawn(
        scenario("coupon", RATE, 5, (5, 60), (5, 60), (2, 5), at=2),
        scenario("order", RATE, 2, (6, 12), (8, 12), (4, 0)),
        scenario("browse", RATE, 5, (6, 30), (10, 30)),
    )
    assert found == [("ramp-1", 0, 7), ("plateau", 7, 12), ("ramp-2", 12, 18)]


def test_stress_steps_give_one_stage_per_hold() -> None:
    steps = [(seconds, vus) for vus in (20, 40, 60) for seconds in (2, 10)]
    found = drawn(
        scenario("order", VUS, 0, *[(s, v * 0.75) for s, v in steps], (2, 0)),
        scenario("browse", VUS, 0, *[(s, v * 0.25) for s, v in steps], (2, 0)),
        kind=TestKind.STRESS,
    )
    assert found == [
        ("ramp-1", 0, 2),
        ("stage-1", 2, 12),
        ("ramp-2", 12, 14),
        ("stage-2", 14, 24),
        ("ramp-3", 24, 26),
        ("stage-3", 26, 36),
        ("ramp-4", 36, 38),
    ]


def test_a_held_spike_is_followed_by_cooling_and_recovery() -> None:
    found = drawn(
        scenario(
            "coupon",
            VUS,
            0,
            *[(2, 40), (8, 40), (3, 200), (15, 200), (2, 80), (20, 80), (2, 20), (10, 20), (1, 0)],
        ),
        kind=TestKind.PEAK,
    )
    assert [entry for entry in found if not entry[0].startswith("ramp")] == [
        ("baseline", 2, 10),
        ("spike", 13, 28),
        ("cooling", 30, 50),
        ("recovery", 52, 62),
    ]


def test_a_spike_without_holds_is_its_steep_rise() -> None:
    """Stages that only ramp: 30 s to 1000, 5 s to 5000, 55 s to 2000, 60 s to 500."""
    found = drawn(
        scenario("coupon", VUS, 0, (30, 1000), (5, 5000), (55, 2000), (60, 500)),
        kind=TestKind.PEAK,
    )
    assert found == [
        ("ramp-1", 0, 30),
        ("spike", 30, 35),
        ("cooling", 35, 90),
        ("recovery", 90, 150),
    ]


@pytest.mark.parametrize(
    ("stages", "why"),
    [
        ([(60, 100), (600, 100), (60, 0)], "nothing ran before the hold"),
        ([(10, 50), (300, 50), (10, 100), (300, 100), (10, 50), (300, 50)], "twice is no spike"),
        ([(10, 10), (60, 10), (30, 100), (1800, 100), (60, 0)], "a warm-up and a long hold"),
        ([(10, 10), (60, 10), (600, 100), (60, 100), (10, 10), (60, 10)], "a slow rise"),
    ],
)
def test_what_is_no_spike(stages: list[tuple[float, float]], why: str) -> None:
    pieces = classify(combine(parts(scenario("a", VUS, 0, *stages))), TestKind.LOAD)
    assert PhaseKind.SPIKE not in {piece.kind for piece in pieces}, why


def test_two_spikes_are_numbered() -> None:
    stages = [
        (60, 10),
        (2, 100),
        (10, 100),
        (2, 10),
        (60, 10),
        (2, 100),
        (10, 100),
        (2, 10),
        (60, 10),
    ]
    names = [entry[0] for entry in drawn(scenario("a", RATE, 10, *stages), kind=TestKind.PEAK)]
    assert [name for name in names if not name.startswith("ramp")] == [
        "baseline", "spike-1", "recovery-1", "spike-2", "recovery-2",
    ]  # fmt: skip


def test_jumps_between_stages_leave_no_ramp() -> None:
    found = drawn(
        scenario("a", RATE, 10, (60, 10), (0, 20), (60, 20), (0, 30), (60, 30)),
        kind=TestKind.STRESS,
    )
    assert found == [("stage-1", 0, 60), ("stage-2", 60, 120), ("stage-3", 120, 180)]


def test_scenarios_one_after_the_other_leave_a_pause() -> None:
    found = drawn(
        scenario("warm", Executor.CONSTANT_VUS, 5, (30, 5)),
        scenario("main", Executor.CONSTANT_VUS, 20, (60, 20), at=40),
    )
    assert found == [("stage-1", 0, 30), ("pause-1", 30, 40), ("stage-2", 40, 100)]


def test_time_before_the_first_scenario_is_no_phase() -> None:
    found = drawn(scenario("a", Executor.CONSTANT_VUS, 5, (30, 5), at=10))
    assert found == [("plateau", 10, 40)]


def test_the_last_low_hold_of_a_stress_test_is_its_recovery() -> None:
    found = drawn(
        scenario("a", VUS, 0, (10, 50), (60, 50), (10, 100), (60, 100), (10, 20), (60, 20)),
        kind=TestKind.STRESS,
    )
    assert found[-1] == ("recovery", 150, 210)


def test_a_low_hold_after_the_load_is_not_graded_with_it() -> None:
    found = drawn(scenario("a", VUS, 1, (3, 8), (50, 8), (2, 1), (40, 1), (2, 0)))
    assert [entry[0] for entry in found] == ["ramp-1", "plateau", "ramp-2", "recovery", "ramp-3"]


def test_mixed_executors_have_no_single_level() -> None:
    pieces = classify(
        combine(
            parts(
                scenario("a", Executor.CONSTANT_VUS, 3, (60, 3)),
                scenario("b", Executor.CONSTANT_ARRIVAL_RATE, 40, (60, 40)),
            )
        ),
        TestKind.LOAD,
    )
    (phase,) = name(pieces, 0, PhaseOrigin.PLAN)
    assert (phase.level, phase.unit, phase.title.params[0][0]) == (None, None, "load")


def test_levels_carry_their_unit_even_at_zero() -> None:
    pieces = classify(
        combine(parts(scenario("a", RATE, 0, (10, 8), (60, 8), (10, 0)))), TestKind.LOAD
    )
    phases = name(pieces, 0, PhaseOrigin.PLAN)
    assert [(phase.level, phase.unit) for phase in phases] == [
        (8, LoadUnit.ITERATION_RATE),
        (8, LoadUnit.ITERATION_RATE),
        (0, LoadUnit.ITERATION_RATE),
    ]


def test_planned_iterations_are_the_area_under_the_rate() -> None:
    """The stages of a real run of 15 s: 4 s at 5/s, 1 s up, 5 s at 220/s, 1 s down, 4 s at 5/s."""
    (curve,) = parts(scenario("spike", RATE, 5, (4, 5), (1, 220), (5, 220), (1, 5), (4, 5)))
    assert curve.integral(np.array([15.0]))[0] == pytest.approx(20 + 112.5 + 1100 + 112.5 + 20)


@pytest.mark.parametrize(
    ("made", "first", "why"),
    [
        (scenario("a", RATE, 5, (4, 5), (1, 220)), 0.2, "iteration 1 where the area reaches 1"),
        (scenario("a", Executor.CONSTANT_ARRIVAL_RATE, 5, (4, 5)), 0.0, "the first starts at once"),
        (scenario("a", VUS, 0, (2, 24)), 1 / 12, "the first VU joins where the level reaches 1"),
        (scenario("a", VUS, 1, (2, 24), at=3), 3.0, "start time"),
    ],
)
def test_first_iteration_of_a_schedule(made: Scenario, first: float, why: str) -> None:
    (curve,) = parts(made)
    assert curve.first_start() == pytest.approx(first, abs=0.01), why
