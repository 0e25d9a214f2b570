"""What every file was taken for: the content of `perfreport inspect`.

`inspect` gathers it from the intake; `as_json` gives the stable form that scripts rely on (times
are ISO 8601 in UTC, durations seconds, sizes bytes, ratios 0-1). Words come from a translator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from perfreport.model.message import Message
from perfreport.model.source import ClockKind
from perfreport.model.units import NS_PER_SECOND
from perfreport.report.plain import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.model.run import Intake
    from perfreport.model.source import Problem, SourceRef

# 1: first version.
INSPECTION_VERSION = 1


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """One file (or the lines of one dialect in a mixed file), and the tests it belongs to."""

    ref: SourceRef
    tests: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """Every file, the tests found, and problems that belong to no file."""

    files: tuple[InspectedFile, ...]
    tests: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def unknown(self) -> int:
        """How many files nobody recognised."""
        return sum(file.ref.kind == "unknown" for file in self.files)


def inspect(intake: Intake) -> Inspection:
    """Gather what is known of every file; clocks are those of the tests, once aligned."""
    owners: dict[tuple[str, str, tuple[int, int] | None], list[str]] = {}
    placed: dict[tuple[str, str, tuple[int, int] | None], SourceRef] = {}
    for run in intake.runs:
        for ref in run.sources:
            owners.setdefault(_key(ref), []).append(run.label)
            placed.setdefault(_key(ref), ref)
    whole = {ref.path for ref in intake.sources if ref.lines is None}
    return Inspection(
        files=tuple(
            InspectedFile(
                placed.get(_key(ref), ref),
                tuple(dict.fromkeys(owners.get(_key(ref), ()))),
                _of(intake.problems, ref.path) if ref.lines is None else (),
            )
            for ref in intake.sources
        ),
        tests=tuple(run.label for run in intake.runs),
        problems=tuple(p for p in dict.fromkeys(intake.problems) if p.path not in whole),
    )


def as_json(inspection: Inspection, say: Callable[[Message], str]) -> dict[str, Any]:
    """Return the plain structure of `inspect --format json`; `say` puts messages into words."""
    return without_secrets({
        "format": INSPECTION_VERSION,
        "files": [_file(file, say) for file in inspection.files],
        "tests": list(inspection.tests),
        "problems": [_problem(problem, say) for problem in inspection.problems],
    })


def iso_instant(time_ns: int | None, *, zone: bool = True) -> str | None:
    """Write UTC ns with as many digits as they need; without zone where none is known."""
    if time_ns is None:
        return None
    seconds, fraction = divmod(time_ns, NS_PER_SECOND)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{digits}{'Z' if zone else ''}"


def _key(ref: SourceRef) -> tuple[str, str, tuple[int, int] | None]:
    return ref.path, ref.kind, ref.lines


def _of(problems: Sequence[Problem], path: str) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problem for problem in problems if problem.path == path))


def _file(file: InspectedFile, say: Callable[[Message], str]) -> dict[str, Any]:
    ref = file.ref
    placed = ref.clock.kind is not ClockKind.UNKNOWN
    relative = ref.clock.kind is ClockKind.RELATIVE
    reason = [ref.clock.reason] if ref.clock.reason is not None else []
    entry: dict[str, Any] = {
        "path": ref.path,
        "kind": ref.kind,
        "dialect": ref.dialect,
        "records": ref.records,
        "skipped": ref.skipped,
        "start": None if relative else iso_instant(ref.start_ns, zone=placed),
        "end": None if relative else iso_instant(ref.end_ns, zone=placed),
        "clock": ref.clock.kind.value,
        "notes": [say(note) for note in (*ref.notes, *reason)],
        "summary": {key: _plain(value, say) for key, value in ref.summary},
        "problems": [_problem(problem, say) for problem in file.problems],
        "tests": list(file.tests),
    }
    if ref.lines is not None:
        entry["lines"] = list(ref.lines)
    return entry


def _problem(problem: Problem, say: Callable[[Message], str]) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "count": problem.count,
        "message": say(problem.message),
    }


def _plain(value: Any, say: Callable[[Message], str]) -> Any:
    """Turn a summary value into JSON: pairs become an object, other tuples an array."""
    if isinstance(value, Message):
        return say(value)
    if not isinstance(value, tuple):
        return value
    if value and all(_is_pair(item) for item in value):
        return {key: _plain(item, say) for key, item in value}
    return [_plain(item, say) for item in value]


def _is_pair(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)
