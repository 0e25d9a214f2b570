"""Cut a run into phases: from the test's YAML, from k6's plan, or from the load itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.analysis import TestSpec
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun


def cut(run: TestRun, spec: TestSpec) -> Phases:
    """Cut the run into phases."""
    raise NotImplementedError
