"""The cut of a run into phases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.message import Message


class PhaseKind(StrEnum):
    """What the load does in a phase."""

    RAMP = "ramp"
    PLATEAU = "plateau"
    SPIKE = "spike"
    COOLING = "cooling"
    RECOVERY = "recovery"
    TAIL = "tail"


class PhaseOrigin(StrEnum):
    """What the cut rests on, best first."""

    THRESHOLDS = "thresholds"  # `stages` in the test's YAML
    PLAN = "plan"  # k6 configuration
    SHAPE = "shape"  # the shape of the load itself


class LoadUnit(StrEnum):
    """What the level of a phase counts."""

    VUS = "vus"
    ITERATION_RATE = "iterations/s"


@dataclass(frozen=True, slots=True)
class Phase:
    """A half-open window [start_ns, end_ns) of one kind of load.

    `name` is unique in the run and language-neutral ("ramp-1", "stage-3", "spike") unless the
    user's YAML named it; `title` is what a reader sees. `level` is the planned or observed load
    at its flat part, in `unit`; for a ramp, the level it ends at.
    """

    name: str
    kind: PhaseKind
    start_ns: int
    end_ns: int
    title: Message
    origin: PhaseOrigin
    level: float | None = None
    unit: LoadUnit | None = None
    reached: bool = True  # False: the run ended before this planned phase began

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end_ns - self.start_ns) / 1e9


@dataclass(frozen=True, slots=True)
class Phases:
    """The phases of one run, in order of time; setup and teardown lie outside all of them.

    `plan_holds`: whether the samples follow k6's configuration; None without one, or where the
    samples can't tell. `planned_end_ns`: when the plan (or the test's rows) would have ended;
    None where nothing that holds tells.
    """

    phases: tuple[Phase, ...]
    start_ns: int  # start of the load itself, after setup
    end_ns: int
    notes: tuple[Message, ...] = ()
    plan_holds: bool | None = None
    planned_end_ns: int | None = None

    def matching(self, pattern: str) -> tuple[Phase, ...]:
        """Phases whose name or kind matches a glob; "all" is every one."""
        from fnmatch import fnmatchcase

        return tuple(
            phase
            for phase in self.phases
            if phase.reached
            and (
                pattern == "all"
                or fnmatchcase(phase.name, pattern)
                or fnmatchcase(phase.kind, pattern)
            )
        )
