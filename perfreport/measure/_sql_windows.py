"""The windows that statements are cut by: the whole test and each phase of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.measurement import WHOLE_RUN

if TYPE_CHECKING:
    from perfreport.model.phase import Phases


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time under the name of a phase."""

    phase: str
    start_ns: int
    end_ns: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end_ns - self.start_ns) / 1e9


def windows_of(phases: Phases) -> tuple[Window, ...]:
    """Return the whole test first, then every phase that was reached."""
    return (
        Window(WHOLE_RUN, phases.start_ns, phases.end_ns),
        *(Window(one.name, one.start_ns, one.end_ns) for one in phases.phases if one.reached),
    )
