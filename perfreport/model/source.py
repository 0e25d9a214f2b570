"""Where a fact came from, on which clock, and what was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from perfreport.model.message import Message


class ClockKind(StrEnum):
    """How well a source's times are placed in UTC."""

    UTC = "utc"  # written in UTC or with an explicit offset
    OFFSET = "offset"  # local times, offset known from the file itself
    ALIGNED = "aligned"  # placed by what it overlaps; the guess is stated
    RELATIVE = "relative"  # uptime or the like, not placed: not correlated
    UNKNOWN = "unknown"  # no usable times: not correlated


@dataclass(frozen=True, slots=True)
class Clock:
    """`offset_ns` is what was *subtracted* from the file's own times to get UTC."""

    kind: ClockKind
    offset_ns: int = 0
    reason: Message | None = None

    @property
    def correlated(self) -> bool:
        """Whether times of this source may be compared with the k6 run."""
        return self.kind in {ClockKind.UTC, ClockKind.OFFSET, ClockKind.ALIGNED}


# A value of `inspect`'s summary; mappings are tuples of (key, value) pairs, words are Messages.
SummaryValue: TypeAlias = "str | int | float | bool | Message | tuple[Any, ...] | None"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """One file (or one segment of a mixed file), and what was read from it."""

    path: str  # as the user named it, or relative to the folder named
    kind: str  # "k6-json", "gc-log", …: the `kind` of `inspect`
    dialect: str = ""
    records: int = 0  # records understood
    skipped: int = 0  # records (or lines) lost; each loss has a Problem
    start_ns: int | None = None
    end_ns: int | None = None
    clock: Clock = field(default_factory=lambda: Clock(ClockKind.UNKNOWN))
    notes: tuple[Message, ...] = ()
    summary: tuple[tuple[str, SummaryValue], ...] = ()  # the keys of `inspect --format json`
    bytes_read: int = 0
    sha256: str | None = None  # of the file as stored; None for huge files and for segments
    lines: tuple[int, int] | None = None  # first and last line of a segment of a mixed file


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was lost or doubtful in a file, with the place where it happened."""

    path: str
    message: Message
    line: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a figure can be looked up: a file and lines, or a signal and a window."""

    path: str
    line: int | None = None
    last_line: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed observation: a whole series, a log, a configuration; never one sample.

    Subclasses are frozen, slotted dataclasses; one module of `perfreport.model` per domain.
    """

    source: SourceRef

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the same fact with every time moved by `delta_ns`, owned by `source`.

        Facts that carry times override this; for one without times this is enough.
        """
        del delta_ns
        return replace(self, source=source)
