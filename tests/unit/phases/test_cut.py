"""The cut on the run's clock: what was reached, what the user's rows name, how the run ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.model.analysis import StageTarget
from perfreport.model.load import ConsoleLog, Executor, ExitStatus, LoadSummary
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.phases._clip import clip
from perfreport.phases._ending import ended_normally, finished_before
from perfreport.phases._stages import cut_by_seconds, named_stages
from tests.unit.phases.curves import parts, play, scenario

REF = SourceRef("file", "kind")
SECOND = 1_000_000_000
CONSTANT = scenario("a", Executor.CONSTANT_VUS, 8, (60, 8))


def phase(name: str, kind: PhaseKind, start: float, end: float, vus: float = 0) -> Phase:
    from perfreport.model.message import message
    from perfreport.model.phase import LoadUnit

    return Phase(
        name,
        kind,
        round(start * SECOND),
        round(end * SECOND),
        message("phase.title.pause"),
        PhaseOrigin.PLAN,
        vus,
        LoadUnit.VUS,
    )


def row(name: str, vus: float | None = None, seconds: float | None = None) -> StageTarget:
    return StageTarget(name, None, None, vus, seconds, None)


STEPS = (
    phase("ramp-1", PhaseKind.RAMP, 0, 2, 20),
    phase("stage-1", PhaseKind.PLATEAU, 2, 12, 20),
    phase("ramp-2", PhaseKind.RAMP, 12, 14, 40),
    phase("stage-2", PhaseKind.PLATEAU, 14, 24, 40),
)


def test_rows_with_durations_cut_the_run() -> None:
    found = cut_by_seconds((row("warm", seconds=30), row("main", vus=100, seconds=60)), 5 * SECOND)
    assert [(p.name, p.start_ns // SECOND, p.end_ns // SECOND, p.level) for p in found] == [
        ("warm", 5, 35, None),
        ("main", 35, 95, 100),
    ]


def test_rows_without_durations_name_the_holds_in_order() -> None:
    found, notes = named_stages(STEPS, (row("1단계"), row("2단계")))
    assert [p.name for p in found] == ["ramp-1", "1단계", "ramp-2", "2단계"]
    assert notes == ()


def test_rows_match_by_vus_where_given() -> None:
    found, _ = named_stages(STEPS, (row("forty", vus=40),))
    assert [p.name for p in found] == ["ramp-1", "stage-1", "ramp-2", "forty"]


def test_a_row_that_no_load_answers_to_stays_visible() -> None:
    found, notes = named_stages(STEPS, (row("1단계", vus=20), row("3단계", vus=60)))
    missing = found[-1]
    assert (missing.name, missing.reached) == ("3단계", False)
    assert [note.key for note in notes] == ["phase.note.stage-without-load"]


def test_phases_after_the_end_of_the_samples_were_not_reached() -> None:
    seen = replace(play(CONSTANT, seconds=6), origin_ns=0)
    planned = (
        phase("stage-1", PhaseKind.PLATEAU, 0, 50),
        phase("stage-2", PhaseKind.PLATEAU, 50, 60),
    )
    first, second = clip(planned, seen, 0.0)
    assert first.reached
    assert first.seconds == pytest.approx(6.2, abs=0.4)
    assert not second.reached


def test_iterations_that_end_after_the_last_stage_are_its_tail() -> None:
    seen = replace(play(CONSTANT), origin_ns=0, last=63.0)
    *_, tail = clip((phase("plateau", PhaseKind.PLATEAU, 0, 60),), seen, 0.0)
    assert (tail.name, tail.kind) == ("tail", PhaseKind.TAIL)
    assert tail.seconds == pytest.approx(3)


ABORTED = ConsoleLog(REF, aborted_by="interrupt", seconds=6.2, interrupted_iterations=8)
COMPLETE = ConsoleLog(REF, seconds=60.1, interrupted_iterations=0)


@pytest.mark.parametrize(
    ("facts", "expected", "why"),
    [
        ((ExitStatus(REF, 0),), True, "k6 says so"),
        ((ExitStatus(REF, 105), ABORTED), False, "a signal"),
        ((ABORTED,), False, "the console says so"),
        ((ExitStatus(REF, 99), COMPLETE), True, "crossed at the end"),
        ((ExitStatus(REF, 99),), None, "crossed, perhaps with abortOnFail"),
        ((ExitStatus(REF, 137),), False, "killed"),
        ((COMPLETE,), None, "the last progress line of a killed run looks the same"),
        ((COMPLETE, LoadSummary(REF, 60.1, (), (), ())), True, "k6 summed up, and tells no abort"),
        ((ConsoleLog(REF, crossed_thresholds="http_req_failed"),), True, "crossed at the end"),
        ((), None, "nothing tells"),
    ],
)
def test_how_a_run_ended(facts: tuple[object, ...], expected: bool | None, why: str) -> None:
    assert ended_normally(TestRun("run", facts, ())) is expected, why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "code", "expected"),
    [(40.2, 0, True), (60.2, 0, False), (40.2, 105, False)],
)
def test_a_run_k6_completed_in_less_time_followed_another_plan(
    seconds: float, code: int, expected: bool
) -> None:
    facts = (LoadSummary(REF, seconds, (), (), ()), ExitStatus(REF, code))
    seen = play(CONSTANT, seconds=seconds)
    assert finished_before(TestRun("run", facts, ()), seen, parts(CONSTANT), 0.0) is expected
