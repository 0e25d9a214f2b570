"""Rules on recorded runs of k6: what is sound is left alone, what is not is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.measure import measure
from perfreport.model.analysis import TestSpec
from perfreport.model.finding import Severity
from perfreport.model.grade import TestKind, ValidityLevel
from perfreport.phases import cut
from perfreport.sources import ingest
from perfreport.validity import assess

if TYPE_CHECKING:
    from perfreport.model.phase import Phases
    from perfreport.model.validity import Validity

RUNS = Path(__file__).parents[2] / "runs"


def judged(folder: Path) -> list[tuple[Phases, Validity]]:
    with ingest([str(folder)]) as intake:
        found = []
        for run in intake.runs:
            phases = cut(run, TestSpec("X-1", TestKind.LOAD, None, ()))
            found.append((phases, assess(run, phases, measure(run, phases, ()))))
    return found


@pytest.mark.parametrize("name", ["order-load", "thresholds", "segments"])
def test_a_sound_run_has_no_findings_but_notes(name: str) -> None:
    ((phases, validity),) = judged(RUNS / name)
    assert validity.level is ValidityLevel.VALID
    assert validity.errors == ()
    assert {finding.severity for finding in validity.findings} <= {Severity.LOW}
    assert phases.plan_holds is not False


def test_a_run_of_a_moment_has_no_plateau() -> None:
    ((_, validity),) = judged(RUNS / "untagged")
    assert [finding.rule for finding in validity.findings] == ["no-plateau"]


def test_aborted_runs_are_all_cut_short() -> None:
    runs = judged(RUNS / "aborted")
    assert len(runs) >= 3
    for _, validity in runs:
        assert validity.level is ValidityLevel.INVALID
        assert "run-cut-short" in {finding.rule for finding in validity.findings}


def test_the_plan_of_three_scenarios_is_one_cut() -> None:
    """Ramps of 6, 6 and 2+5 s; all are flat from second 7 to second 12, with 102/s in all."""
    ((phases, _),) = judged(RUNS / "order-load")
    (plateau,) = phases.matching("plateau")
    assert plateau.level == pytest.approx(102)
    assert (plateau.start_ns - phases.start_ns) / 1e9 == pytest.approx(7)
    assert plateau.seconds == pytest.approx(5)
