"""Everything that aggregates: k6's own statistics, slices, timelines, signals per phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Measurements, Selector
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun


def measure(run: TestRun, phases: Phases, selectors: Sequence[Selector]) -> Measurements:
    """Compute every statistic of the run, and the answers to `selectors`.

    Whole-run statistics are k6's own: from the samples, and from k6's summary where samples are
    missing or were lost. What the facts can't tell is None or empty, never a guess.
    """
    from perfreport.measure._run import measured

    return measured(run, phases, selectors)
