"""Thresholds files: which documents there are, and which one a test is graded by.

Understands our own format, Keptn's `slo.yaml` and the `thresholds` of k6 options or `k6 inspect`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.errors import InputError, ThresholdsError
from perfreport.grading import k6_options, keptn
from perfreport.grading.document import Diagnostic, read_documents
from perfreport.grading.targets import TargetSet, read_targets
from perfreport.model.message import message
from perfreport.resources import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from perfreport.grading.document import Document
    from perfreport.model.grade import TestKind

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The targets of every known test: those the user gave, then the shipped ones."""

    given: tuple[TargetSet, ...] = ()
    shipped: tuple[TargetSet, ...] = ()

    def for_test(self, test_id: str) -> TargetSet | None:
        """Targets that name this test (in any case of letters)."""
        wanted = test_id.casefold()
        return next((s for s in self._all if s.test and s.test.casefold() == wanted), None)

    def for_kind(self, kind: TestKind) -> TargetSet | None:
        """Targets for a kind of test, or given ones for any test at all."""
        general = [found for found in self._all if found.test is None]
        exact = (found for found in general if found.kind is kind)
        anything = (found for found in general if found.kind is None)
        given = next((s for s in (*exact, *anything) if not s.shipped), None)
        return given or next((s for s in general if s.kind is kind), None)

    @property
    def only_given_test(self) -> TargetSet | None:
        """The one test the user gave targets for, if it is the only one."""
        return self.given[0] if len(self.given) == 1 and self.given[0].test else None

    @property
    def test_ids(self) -> tuple[str, ...]:
        """Every test id that has targets."""
        return tuple(found.test for found in self._all if found.test)

    @property
    def _all(self) -> tuple[TargetSet, ...]:
        return (*self.given, *self.shipped)


def load_thresholds(paths: Sequence[Path]) -> Thresholds:
    """Read targets from files or folders; the shipped ones where a test is not in them.

    Raises:
        InputError: a named file or folder does not exist or holds no thresholds file.
        ThresholdsError: a file can't be understood; `details` has one line per mistake.
    """
    mistakes: list[Diagnostic] = []
    given = _read(_files(paths), mistakes, shipped=False)
    shipped = _read(_files([THRESHOLDS]), mistakes, shipped=True)
    if mistakes:
        raise ThresholdsError(
            message("thresholds.broken", count=len(mistakes)),
            details=tuple(found.text for found in mistakes),
        )
    return Thresholds(given, shipped)


def check_thresholds(paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """Return every mistake in the given files and folders, in the order of places.

    Raises:
        InputError: a named file or folder does not exist or holds no thresholds file.
    """
    mistakes: list[Diagnostic] = []
    _read(_files(paths), mistakes, shipped=False)
    return tuple(mistakes)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(entry for entry in path.iterdir() if entry.suffix in _SUFFIXES)
            if not found:
                raise InputError(message("thresholds.folder-empty", path=str(path)))
            yield from found
        elif path.is_file():
            yield path
        else:
            raise InputError(message("thresholds.file-missing", path=str(path)))


def _read(
    files: Iterator[Path], mistakes: list[Diagnostic], *, shipped: bool
) -> tuple[TargetSet, ...]:
    found: list[TargetSet] = []
    places: dict[str, str] = {}
    for path in files:
        before = len(mistakes)
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise InputError(message("thresholds.file-missing", path=str(path))) from fault
        digest = hashlib.sha256(content).hexdigest()
        for document in read_documents(path, mistakes, content):
            targets = _targets(document, digest, shipped=shipped)
            key = (targets.test or f"kind: {targets.kind}").casefold()
            first = places.setdefault(key, document.place(document.root))
            if first != document.place(document.root) and len(mistakes) == before:
                document.report(
                    document.root,
                    message("thresholds.test-twice", test=key, place=first),
                    message("thresholds.mend-test-twice"),
                )
            found.append(targets)
        mistakes[before:] = sorted(mistakes[before:], key=lambda one: (one.line, one.column))
    return tuple(found)


def _targets(document: Document, digest: str, *, shipped: bool) -> TargetSet:
    if keptn.recognises(document.root):
        return keptn.read_slo(document, digest)
    if k6_options.recognises(document.root):
        return k6_options.read_options(document, digest)
    return read_targets(document, digest, shipped=shipped)
