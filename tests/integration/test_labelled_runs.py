"""Runs with a known cause: it comes first, nothing else is blamed, healthy runs stay silent.

The runs are large and not part of the repository: PERFREPORT_SHOP_RUNS names the folder that has
them, one folder per run with `truth.yaml` and `in/`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from perfreport import pipeline
from perfreport.diagnosis.questions import deciding
from perfreport.grading import load_thresholds
from perfreport.model.finding import Category, Role

if TYPE_CHECKING:
    from perfreport.model.analysis import Diagnosis

FOLDER = os.environ.get("PERFREPORT_SHOP_RUNS")
RUNS = sorted(Path(FOLDER).glob("R*/truth.yaml")) if FOLDER else []
NAMES = [path.parent.name for path in RUNS]
pytestmark = pytest.mark.skipif(not RUNS, reason="PERFREPORT_SHOP_RUNS names no labelled runs")
# One kind of source at a time, as a user may not have it.
WITHOUT = {
    "metrics": ("scrapes*", "prometheus"),
    "gc-log": ("gc.log*",),
    "digest": ("ps_digest*",),
    "slow-log": ("slow.log*",),
    "status": ("global_status*",),
    "locks": ("innodb*",),
    "host": ("vmstat*", "pidstat*"),
    "threads": ("jstack*",),
}


def diagnosed(folder: Path) -> Diagnosis:
    with pipeline.read([str(folder)]) as intake:
        (run,) = intake.runs
        return pipeline.analyze_run(run, load_thresholds(()), None).diagnosis


def causes(diagnosis: Diagnosis) -> list[str]:
    return [one.rule for one in diagnosis.findings if one.role is Role.CAUSE]


@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_the_cause_comes_first(truth: Path) -> None:
    known = yaml.safe_load(truth.read_text(encoding="utf-8"))
    found = diagnosed(truth.parent / "in")
    valid = [one.rule for one in found.findings if one.category is Category.VALIDITY]
    first = (*causes(found), "none")[0]
    assert found.errors == ()
    assert first == known["cause"] or (known["cause"] in valid and not causes(found))
    assert not set(causes(found)) & set(known["must_not_be_cause"])
    symptoms = {one.rule for one in found.findings if one.role is Role.SYMPTOM} | set(valid)
    assert not known["symptoms"] or set(known["symptoms"]) & symptoms


@pytest.mark.parametrize("source", WITHOUT)
@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_without_one_source_the_cause_is_found_or_none_is_named(
    truth: Path, source: str, tmp_path: Path
) -> None:
    known = yaml.safe_load(truth.read_text(encoding="utf-8"))
    folder = tmp_path / "in"
    left_out = shutil.ignore_patterns(*WITHOUT[source])
    shutil.copytree(truth.parent / "in", folder, ignore=left_out)
    found = diagnosed(folder)
    assert not causes(found) or causes(found)[0] == known["cause"]
    assert not set(causes(found)) & set(known["must_not_be_cause"])
    if not causes(found) and any(one.role is Role.SYMPTOM for one in found.findings):
        voided = any(one.category is Category.VALIDITY for one in found.findings)
        assert deciding(found) or voided
