"""What a source is: how a dialect is recognised and what reading it yields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.source import Clock, ClockKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from perfreport.model.message import Message
    from perfreport.model.source import Fact, Problem, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input


CERTAIN_ENOUGH = 0.3


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines of a mixed file that the reading source could not understand (1-based, inclusive).

    `ingest` recognises and reads them on their own; `text` is what stands there.
    """

    first_line: int
    last_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source read from one file.

    `facts` is called with the finished SourceRef, so that every fact knows where it came from;
    times in them are UTC nanoseconds, or the file's own zone-less clock read as if it were UTC
    when `clock` is RELATIVE or UNKNOWN (alignment shifts them later).
    """

    facts: Callable[[SourceRef], tuple[Fact, ...]]
    records: int
    skipped: int = 0
    start_ns: int | None = None
    end_ns: int | None = None
    clock: Clock = field(default_factory=lambda: Clock(ClockKind.UNKNOWN))
    dialect: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Message, ...] = ()
    summary: tuple[tuple[str, SummaryValue], ...] = ()
    foreign: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One dialect: a module `perfreport/sources/<id>.py` exports it as PLUGIN.

    `kind` is what `inspect` prints ("gc-log"); several dialects may share a kind.
    `sniff` looks at the head (and a slice of the middle) of a file and returns how sure it is
    that the file is of this dialect: 0.0 not at all, 1.0 certain. It never raises. The most
    certain source reads the file; ties go to the id that sorts first and are a test failure.
    Below `CERTAIN_ENOUGH` nobody reads it. Rough scale: 0.95 a header or key set no other tool
    writes, 0.8 a line pattern of its own several times over, 0.5 a shape that others share.
    `read` never raises for bad content: it counts what it could not understand.
    """

    id: str
    kind: str
    sniff: Callable[[Head], float]
    read: Callable[[Input], Reading]
