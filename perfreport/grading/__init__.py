"""Hold the measurements against the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perfreport.model.analysis import TestSpec
    from perfreport.model.grade import TestGrade
    from perfreport.model.measurement import Measurements
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.model.validity import Validity


class Thresholds:
    """The targets of every known test."""


def load_thresholds(paths: Sequence[Path]) -> Thresholds:
    """Read targets from files or folders; the built-in ones where a test is not in them."""
    raise NotImplementedError


def specify(run: TestRun, thresholds: Thresholds, test_id: str | None) -> TestSpec:
    """Find what this run is graded against."""
    raise NotImplementedError


def grade(
    spec: TestSpec, phases: Phases, measurements: Measurements, validity: Validity
) -> TestGrade:
    """Hold the measurements against the targets."""
    raise NotImplementedError
