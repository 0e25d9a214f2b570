"""Everything that aggregates: k6's own statistics, slices, timelines, signals per phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Measurements, Selector
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun


def measure(run: TestRun, phases: Phases, selectors: Sequence[Selector]) -> Measurements:
    """Compute every statistic of the run, and the answers to `selectors`."""
    raise NotImplementedError
