"""What an explanation consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.finding import Cell
    from perfreport.model.message import Message


class Verification(StrEnum):
    """How a figure computed again compares with the saved one."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_SAVED = "not-saved"  # the saved report does not have the figure


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line of a file as it stands there: hostile text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a signal: UTC nanoseconds and base units."""

    time_ns: int
    value: float
    group: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One figure: as computed now, as saved, and what it was computed from.

    `place` names the file and line, or the signal and statistic. `left_out` samples of the window
    are not shown.
    """

    label: Message
    value: Cell
    verification: Verification
    place: str | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    samples: tuple[Sample, ...] = ()
    left_out: int = 0
    lines: tuple[RawLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One finding of one test with its figures.

    `summary_same`: its sentence has the figures that were saved. `thresholds_changed`: the targets
    the report was graded by are not there any more, so phases may be cut in another way.
    """

    test_id: str
    title: Message
    summary: Message
    figures: tuple[Recomputed, ...]
    summary_same: bool = True
    thresholds_changed: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether every figure came out as it was saved."""
        return self.summary_same and all(
            one.verification is Verification.SAME for one in self.figures
        )
