"""A saved report: its findings, and where the files it was made from are now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfreport.errors import InputError, UsageError
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class SavedTest:
    """One test of a saved report, with its findings as JSON objects."""

    test_id: str
    label: str
    sources: tuple[str, ...]
    findings: tuple[Mapping[str, Any], ...]

    def figures(self, rule: str) -> Mapping[str, tuple[Any, ...]]:
        """Saved values of a finding by the JSON text of their label, in order."""
        found: dict[str, tuple[Any, ...]] = {}
        for finding in self.findings:
            if finding.get("rule") != rule:
                continue
            for block in finding.get("evidence", ()):
                for label, value, *_ in block.get("rows", ()) if _is_figures(block) else ():
                    key = json.dumps(label, sort_keys=True)
                    found[key] = (*found.get(key, ()), value)
        return found


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
            )
            for test in found["tests"]
        )
    except (KeyError, TypeError) as error:
        raise UsageError(message("error.explain.no-report", path=str(path))) from error
    return SavedReport(path, tests)


def _is_figures(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "key-values"


def _found(report: Path, name: str) -> str:
    folder = report.resolve().parent
    for base in (Path.cwd(), folder, folder.parent):
        if (base / name).is_file():
            return str(base / name)
    raise InputError(
        message("error.explain.moved", path=name, folder=str(folder)),
        message("hint.explain.moved"),
    )
