"""A saved report: its findings, and where the files it was made from are now."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfreport.errors import InputError, UsageError
from perfreport.model.message import message
from perfreport.resources import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class SavedFinding:
    """One finding as the JSON object that was saved."""

    entries: Mapping[str, Any]

    @property
    def summary(self) -> Any:
        """Key and parameters of its sentence."""
        return self.entries.get("summary")

    def figures(self) -> dict[str, list[Any]]:
        """Values of all named figures by the JSON text of their label, in order."""
        found: dict[str, list[Any]] = {}
        for block in self.entries.get("evidence", ()):
            for label, value, *_ in block.get("rows", ()) if _is_figures(block) else ():
                found.setdefault(json.dumps(label, sort_keys=True), []).append(value)
        return found

    def rows(self, place: int) -> tuple[Any, ...]:
        """Rows of the table that stands at a place of the evidence."""
        blocks = self.entries.get("evidence", ())
        return tuple(blocks[place].get("rows", ())) if place < len(blocks) else ()


@dataclass(frozen=True, slots=True)
class SavedTest:
    """One test of a saved report, with its findings as JSON objects."""

    test_id: str
    label: str
    sources: tuple[str, ...]
    findings: tuple[Mapping[str, Any], ...]
    thresholds_path: str | None = None
    thresholds_sha256: str | None = None

    @property
    def own_id(self) -> str:
        """Its id without what the report added to tell it from others of the same id."""
        return self.test_id.split(", ", 1)[0]

    def found(self, rule: str) -> tuple[SavedFinding, ...]:
        """What a rule found, in order."""
        return tuple(SavedFinding(one) for one in self.findings if one.get("rule") == rule)


@dataclass(frozen=True, slots=True)
class SavedReport:
    """What is needed of a report.json."""

    path: Path
    tests: tuple[SavedTest, ...]

    def rules(self) -> tuple[str, ...]:
        """Every rule that found something, each once."""
        return tuple(
            dict.fromkeys(str(finding["rule"]) for test in self.tests for finding in test.findings)
        )

    def files(self) -> tuple[str, ...]:
        """The files the tests were made from, looked up beside the report and from here.

        Raises:
            InputError: a file is in none of these folders.
        """
        return tuple(dict.fromkeys(_found(self.path, name) for name in self._names()))

    def thresholds(self) -> tuple[Path, ...]:
        """The user's own targets the tests were graded by, where they can still be found.

        The file with the content of that time is preferred; the shipped targets need no path.
        """
        found = (
            _targets(self.path, test.thresholds_path, test.thresholds_sha256)
            for test in self.tests
            if test.thresholds_path is not None
        )
        return tuple(dict.fromkeys(path for path in found if path is not None))

    def _names(self) -> Iterator[str]:
        for test in self.tests:
            yield from test.sources


def load(path: Path) -> SavedReport:
    """Read a report.json.

    Raises:
        InputError: it can't be read.
        UsageError: it is no report of this program.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(message("error.explain.unreadable", path=str(path))) from error
    except ValueError as error:
        raise UsageError(message("error.explain.no-report", path=str(path))) from error
    try:
        tests = tuple(
            SavedTest(
                str(test["id"]),
                str(test["label"]),
                tuple(str(name) for name in test["sources"]),
                tuple(test["findings"]),
                test["thresholds"]["path"],
                test["thresholds"]["sha256"],
            )
            for test in found["tests"]
        )
    except (KeyError, TypeError) as error:
        raise UsageError(message("error.explain.no-report", path=str(path))) from error
    return SavedReport(path, tests)


def _is_figures(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "key-values"


def _targets(report: Path, name: str, digest: str | None) -> Path | None:
    shipped = THRESHOLDS.parent / name
    if shipped.is_file() and _digest(shipped) == digest:
        return None
    there = [base / name for base in _bases(report) if (base / name).is_file()]
    same = [path for path in there if _digest(path) == digest]
    return next(iter((*same, *there)), None)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _bases(report: Path) -> tuple[Path, ...]:
    folder = report.resolve().parent
    return Path.cwd(), folder, folder.parent


def _found(report: Path, name: str) -> str:
    folder = report.resolve().parent
    for base in _bases(report):
        if (base / name).is_file():
            return str(base / name)
    raise InputError(
        message("error.explain.moved", path=name, folder=str(folder)),
        message("hint.explain.moved"),
    )
