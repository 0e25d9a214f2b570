"""One file read by the source that recognises it, lines of other dialects included."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.errors import InputError
from perfreport.model.message import message
from perfreport.model.source import Problem, SourceRef
from perfreport.sources._input import Input
from perfreport.sources._recognise import all_sources, recognise
from perfreport.sources._unknown import KIND as UNKNOWN
from perfreport.sources._unknown import Likeness, likeness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perfreport.model.source import Fact
    from perfreport.sources._paths import Place
    from perfreport.sources._spec import Reading, Segment, Source

_DEEPEST_NESTING = 3
# Hashing a gigabyte costs as much as reading it; beyond this size the report states no hash.
_LARGEST_HASHED = 64 << 20
_SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a part was read from: the same for a file and all its segments."""

    folder: str
    fingerprint: str
    sha256: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or the lines of one dialect in a mixed file, after reading."""

    ref: SourceRef
    origin: Origin
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


class ByteCount:
    """Adds up what was read of one file and never reports more than its size."""

    def __init__(self, size: int, advance: Callable[[int], None]) -> None:
        self._left = size
        self._advance = advance

    def __call__(self, size: int) -> None:
        """Count `size` more bytes."""
        step = min(size, self._left)
        self._left -= step
        self._advance(step)

    def finish(self) -> None:
        """Count what the reader had no need to read."""
        self(self._left)


def read_place(place: Place, workspace: Path, advance: Callable[[int], None]) -> tuple[Part, ...]:
    """Read one file: the first part is the file itself, further ones its foreign lines.

    Raises:
        InputError: the user named a file that is empty or can't be read.
    """
    try:
        size = place.path.stat().st_size
        if size == 0 and place.named:
            raise InputError(
                message("error.file-empty", path=place.name), message("hint.file-empty")
            )
        count = ByteCount(size, advance)
        origin = Origin(place.folder, *fingerprint_of(place.path), size)
        source = Input(place.name, place.path, on_bytes=count, workspace=workspace)
        parts = _read(source, origin, None, depth=0)
        count.finish()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        failure = message("error.file-unreadable", path=place.name, reason=reason)
        if place.named:
            raise InputError(failure, message("hint.file-unreadable")) from error
        ref = SourceRef(place.name, UNKNOWN, summary=Likeness("unreadable").summary)
        return (Part(ref, Origin(place.folder, "", None, 0), (), (Problem(place.name, failure),)),)
    return tuple(parts)


def fingerprint_of(path: Path) -> tuple[str, str | None]:
    """Return (a key equal for equal content, SHA-256 or None for huge files).

    A huge file is told by its size and by samples from its beginning to its end.
    """
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        if size <= _LARGEST_HASHED:
            while chunk := stream.read(_SAMPLE):
                digest.update(chunk)
            return digest.hexdigest(), digest.hexdigest()
        digest.update(str(size).encode())
        for quarter in range(5):
            stream.seek(min(quarter * size // 4, size - _SAMPLE))
            digest.update(stream.read(_SAMPLE))
    return f"sampled:{digest.hexdigest()}", None


def _read(
    source: Input, origin: Origin, dialects: tuple[Source, ...] | None, depth: int
) -> list[Part]:
    recognition = recognise(source.head, dialects)
    problems = [
        Problem(source.name, message("problem.source-failed", source=failed))
        for failed in recognition.failed
    ]
    chosen = recognition.source
    if chosen is None:
        return [_unknown(source, origin, problems)]
    try:
        reading = chosen.read(source)
        foreign, lost = _foreign(source, origin, reading, chosen, depth)
        ref = _ref(source, origin, chosen, reading, lost)
        facts = reading.facts(ref)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - one broken dialect must not cost the whole report
        failure = message("problem.source-failed", source=f"{chosen.id}: {type(error).__name__}")
        return [_unknown(source, origin, [*problems, Problem(source.name, failure)])]
    if lost:
        problems.append(
            Problem(source.name, message("problem.lines-not-understood", count=lost), count=lost)
        )
    problems += [*source.problems, *reading.problems]
    return [Part(ref, origin, facts, tuple(problems)), *foreign]


def _ref(source: Input, origin: Origin, chosen: Source, reading: Reading, lost: int) -> SourceRef:
    segment = source.span
    return SourceRef(
        path=source.name,
        kind=chosen.kind,
        dialect=reading.dialect or chosen.id,
        records=reading.records,
        skipped=reading.skipped + lost,
        start_ns=reading.start_ns,
        end_ns=reading.end_ns,
        clock=reading.clock,
        notes=reading.notes,
        summary=reading.summary,
        bytes_read=0 if segment else origin.size,
        sha256=None if segment else origin.sha256,
        lines=segment,
    )


def _unknown(source: Input, origin: Origin, problems: list[Problem]) -> Part:
    found = likeness(source.head)
    ref = SourceRef(
        path=source.name,
        kind=UNKNOWN,
        summary=found.summary,
        bytes_read=origin.size,
        sha256=origin.sha256,
        lines=source.span,
    )
    if not found.expected:
        problems.append(Problem(source.name, found.problem))
    return Part(ref, origin, (), tuple(problems))


def _foreign(
    source: Input, origin: Origin, reading: Reading, parent: Source, depth: int
) -> tuple[list[Part], int]:
    """Read lines the parent did not understand; return their parts and how many nobody read.

    Lines of one dialect are read together: a GC line here and there in an application log is one
    GC log with gaps. The parent is not asked again, so that nesting ends.
    """
    if not reading.foreign:
        return [], 0
    dialects = tuple(other for other in all_sources() if other.id != parent.id)
    grouped: dict[str, list[Segment]] = {}
    lost = 0
    for segment in reading.foreign:
        chosen = None
        if depth < _DEEPEST_NESTING:
            chosen = recognise(Input.of_segments(source.name, (segment,)).head, dialects).source
        if chosen is None:
            lost += sum(bool(line.strip()) for line in segment.text.splitlines())
        else:
            grouped.setdefault(chosen.id, []).append(segment)
    parts: list[Part] = []
    for name in sorted(grouped):
        only = tuple(dialect for dialect in dialects if dialect.id == name)
        inner = Input.of_segments(source.name, tuple(grouped[name]), source.workspace)
        parts += _read(inner, origin, only, depth + 1)
    return parts, lost
