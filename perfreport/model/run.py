"""A test run: every fact that belongs to one test, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from perfreport.model.source import Fact, Problem, SourceRef

F = TypeVar("F", bound="Fact")


@dataclass(frozen=True, slots=True)
class TestRun:
    """The facts of one test, joined by content; `label` is the folder or file they came from."""

    __test__ = False  # pytest would collect it by its name

    label: str
    facts: tuple[Fact, ...]
    sources: tuple[SourceRef, ...]
    problems: tuple[Problem, ...] = ()

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Return all facts of one type, in the order of their files."""
        return tuple(fact for fact in self.facts if isinstance(fact, kind))

    def one(self, kind: type[F]) -> F | None:
        """Return the first fact of a type, or None."""
        return next((fact for fact in self.facts if isinstance(fact, kind)), None)


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that was read: the tests found, and every file, whether it belongs to one or not.

    `sources` holds one entry per file and segment, in the order given, unknown files included.
    """

    runs: tuple[TestRun, ...]
    sources: tuple[SourceRef, ...]
    problems: tuple[Problem, ...] = ()
