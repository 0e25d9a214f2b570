"""Compute a finding again from its files, figure by figure."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from perfreport import pipeline
from perfreport.errors import UsageError
from perfreport.explanation.account import Account, RawLine, Recomputed, Sample, Verification
from perfreport.explanation.saved import SavedReport, SavedTest, load
from perfreport.grading import load_thresholds
from perfreport.measure.signals import is_signal, run_signals, signal_lines
from perfreport.model.finding import KeyValues
from perfreport.model.message import message
from perfreport.redaction import masked
from perfreport.report.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Cell, Finding
    from perfreport.model.source import Provenance

_MOST_SAMPLES = 10
_MOST_LINES = 3
_CLOSE = 1e-9
# Values of SQL statements and names of people stand in quotes; what is needed here does not.
_QUOTED = re.compile(r"'[^']*'")


def explain(report: Path, rule: str, paths: Sequence[str] = ()) -> tuple[Account, ...]:
    """Explain a finding in every test of a report that has it.

    `paths` are the files the report was made from; without them they are looked for where the
    report names them, from the current folder, from the report's and from the one above it.

    Raises:
        UsageError: the report has no such finding.
        InputError: a file is missing or can't be read.
    """
    saved = load(report)
    if rule not in saved.rules():
        known = ", ".join(saved.rules())
        raise UsageError(
            message("error.explain.no-finding", rule=rule),
            message("hint.explain.findings", rules=known) if known else None,
        )
    targets = load_thresholds(())
    with pipeline.read(list(paths) or list(saved.files())) as intake:
        tests = [pipeline.analyze_run(run, targets, None) for run in intake.runs]
        return tuple(
            _account(test, before, finding, _Files(saved, tuple(paths)))
            for test, before in _paired(tests, saved.tests)
            for finding in test.diagnosis.findings
            if finding.rule == rule
        )


def _paired(
    tests: Sequence[TestAnalysis], saved: Sequence[SavedTest]
) -> Iterator[tuple[TestAnalysis, SavedTest]]:
    """Tests computed again beside the saved ones: by label where labels tell, else in order."""
    by_label = {test.label: test for test in saved}
    for test, other in itertools.zip_longest(tests[: len(saved)], saved):
        if test is not None:
            yield test, by_label.get(test.run.label, other)


def _account(test: TestAnalysis, saved: SavedTest, finding: Finding, files: _Files) -> Account:
    before = {key: list(values) for key, values in saved.figures(finding.rule).items()}
    signals = run_signals(test.run)
    figures = [
        _figure(label, value, place, _next(before, plain(label)), signals, files)
        for block in finding.evidence
        if isinstance(block, KeyValues)
        for label, value, place in block.rows
    ]
    return Account(saved.test_id, finding.title, finding.summary, tuple(figures))


def _next(before: dict[str, list[Any]], label: object) -> tuple[Any, ...]:
    values = before.get(json.dumps(label, sort_keys=True))
    return (values.pop(0),) if values else ()


def _figure(
    label: Any,
    value: Cell,
    place: Provenance | None,
    saved: tuple[Any, ...],
    signals: RunSignals,
    files: _Files,
) -> Recomputed:
    verification = _compared(plain(value), saved)
    if place is None:
        return Recomputed(label, value, verification)
    samples = tuple(_samples(signals, place))
    return Recomputed(
        label,
        value,
        verification,
        place=place.path if place.line is None else f"{place.path}:{place.line}",
        start_ns=place.start_ns,
        end_ns=place.end_ns,
        samples=samples[:_MOST_SAMPLES],
        left_out=max(0, len(samples) - _MOST_SAMPLES),
        lines=files.lines(place),
    )


def _compared(value: Any, saved: tuple[Any, ...]) -> Verification:
    if not saved:
        return Verification.NOT_SAVED
    return Verification.SAME if _same(value, saved[0]) else Verification.DIFFERS


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return bool(left == right)


def _samples(signals: RunSignals, place: Provenance) -> Iterator[Sample]:
    name = place.path.split(" ")[0]
    if place.start_ns is None or place.end_ns is None or not is_signal(name):
        return
    for line in signal_lines(signals, name):
        inside = (line.times_ns >= place.start_ns) & (line.times_ns < place.end_ns)
        group = ", ".join(f"{key}={value}" for key, value in line.labels)
        for time, value in zip(line.times_ns[inside], line.values[inside], strict=True):
            if np.isfinite(value):
                yield Sample(int(time), float(value), group)


@dataclass(frozen=True, slots=True)
class _Files:
    """Where the lines of a file can be read again."""

    saved: SavedReport
    paths: tuple[str, ...]

    def lines(self, place: Provenance) -> tuple[RawLine, ...]:
        """The raw lines a figure points to; none where it points to a whole file or a signal."""
        if place.line is None:
            return ()
        found = self._open(place.path)
        if found is None:
            return ()
        last = min(place.last_line or place.line, place.line + _MOST_LINES - 1)
        return tuple(_raw(found, place.line, last))

    def _open(self, name: str) -> Path | None:
        folder = self.saved.path.resolve().parent
        given = [Path(path) for path in self.paths]
        bases = [path if path.is_dir() else path.parent for path in given]
        candidates = [base / name for base in (*bases, Path.cwd(), folder, folder.parent)]
        candidates += [Path(name), *(path for path in given if path.name == Path(name).name)]
        return next((path for path in candidates if path.is_file()), None)


def _raw(path: Path, first: int, last: int) -> Iterator[RawLine]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as stream:
        for number, text in enumerate(itertools.islice(stream, first - 1, last), start=first):
            yield RawLine(number, _QUOTED.sub("'?'", masked(text.rstrip("\r\n"))))
