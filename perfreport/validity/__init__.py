"""Before any grade: was this a test at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.measurement import Measurements
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.model.validity import Validity


def assess(run: TestRun, phases: Phases, measurements: Measurements) -> Validity:
    """Evaluate every validity rule."""
    raise NotImplementedError
