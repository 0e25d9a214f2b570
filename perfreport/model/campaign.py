"""Tests that belong to one report, as a team plans them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.model.message import Message


@dataclass(frozen=True, slots=True)
class FilePattern:
    """Files of a test: a file, a folder with all below it, or a glob; `place` is file:line."""

    text: str
    place: str

    def matches(self, name: str) -> bool:
        """Whether a file, named from the folder of the campaign, is meant."""
        plain = self.text.rstrip("/")
        return name == plain or name.startswith(f"{plain}/") or fnmatchcase(name, self.text)


@dataclass(frozen=True, slots=True)
class PlannedTest(Fact):
    """One test as planned; a fact of every run that is read from its files.

    `number` is its place in the report. `mix` are the documented shares of the scenarios, 0 to 1;
    `replicas` how many instances of the application ran.
    """

    number: int
    test_id: str
    files: tuple[FilePattern, ...]
    title: Message | None = None
    replicas: int | None = None
    mix: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Campaign:
    """The tests of a report, files that all of them share, and the targets to grade by."""

    path: Path
    tests: tuple[PlannedTest, ...]
    shared: tuple[FilePattern, ...] = ()
    thresholds: tuple[Path, ...] = ()

    def lists(self, name: str) -> bool:
        """Whether any test, or all of them, asks for a file."""
        patterns = (*self.shared, *(one for test in self.tests for one in test.files))
        return any(pattern.matches(name) for pattern in patterns)
