"""Every threshold of a real run gets k6's own verdict, and so does the exit code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from perfreport.errors import ExitCode
from perfreport.grading import gate, grade, load_thresholds, questions, specify
from perfreport.measure import measure
from perfreport.model.grade import FailOn, TestGrade, ValidityLevel, Verdict
from perfreport.model.validity import Validity
from perfreport.phases import cut
from perfreport.sources import ingest

SAMPLES = Path(__file__).parents[2] / "samples"
RUNS = {
    "thresholds-0.57": ("k6-json/thresholds-0.57.json.gz", "k6-summary/thresholds-0.57.json"),
    "thresholds-2.2": ("k6-json/thresholds-2.2.json.gz", "k6-summary/thresholds-2.2.json"),
}


def graded(folder: Path, *files: str) -> TestGrade:
    folder.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(SAMPLES / file, folder / file.replace("/", "-"))
    with ingest([str(folder)], None) as intake:
        (run,) = intake.runs
        spec = specify(run, load_thresholds([]), None)
        phases = cut(run, spec)
        found = measure(run, phases, questions(spec, phases))
        return grade(spec, phases, found, Validity(ValidityLevel.VALID))


@pytest.mark.parametrize("name", RUNS)
def test_verdicts_equal_k6s_own(tmp_path: Path, name: str) -> None:
    found = graded(tmp_path / name, *RUNS[name])
    told = [one for one in found.grades if one.script_verdict is not None]
    assert len(told) >= 9
    for one in told:
        if one.measurement is None or one.measurement.n == 0:
            # k6 passes a threshold on nothing; here it is shown, and never passes.
            assert (one.verdict, one.script_verdict) == (Verdict.NO_DATA, True)
        else:
            assert (one.verdict is Verdict.PASS) == one.script_verdict, one.objective.id
    assert gate([found], FailOn.FAIL) == (Verdict.FAIL, ExitCode.GATE_FAILED)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("kept", [0, 1])
def test_half_of_the_files_still_fails(tmp_path: Path, name: str, kept: int) -> None:
    """Samples or summary alone: what failed stays failed."""
    assert graded(tmp_path / name, RUNS[name][kept]).verdict is Verdict.FAIL


def test_samples_alone_show_thresholds_they_cannot_tell(tmp_path: Path) -> None:
    found = graded(tmp_path / "x", "k6-json/order-load-1.1.json.gz")
    untold = [one for one in found.grades if not one.objective.target]
    assert {one.objective.selector.where for one in untold} == {
        (("scenario", "normalPurchase"),),
        (("scenario", "popularProduct"),),
        (("scenario", "couponIssue"),),
    }
    assert {one.verdict for one in untold} == {Verdict.NO_DATA}
