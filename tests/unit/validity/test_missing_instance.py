"""A summary that fits no samples may be all that is left of an instance."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from perfreport.model.grade import ValidityLevel
from tests.unit.validity.test_real_runs import RUNS, judged

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_without_the_results_of_one_instance_can_not_pass(tmp_path: Path) -> None:
    files = sorted((RUNS / "segments").iterdir())
    results = [file for file in files if "summary" not in file.name and ".json" in file.name]
    assert len(results) == 2
    for file in files:
        if file != results[1]:
            shutil.copy(file, tmp_path)
    ((_, validity),) = judged(tmp_path)
    assert validity.level is ValidityLevel.INVALID
    assert "foreign-files" in {finding.rule for finding in validity.findings}
