"""Compute a finding again from its files, figure by figure."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from perfreport import pipeline
from perfreport.errors import UsageError
from perfreport.explanation.account import Account, Recomputed, Verification
from perfreport.explanation.origins import Files, samples
from perfreport.explanation.saved import load
from perfreport.grading import load_thresholds
from perfreport.measure.signals import run_signals
from perfreport.model.finding import KeyValues, Table
from perfreport.model.message import Message, message
from perfreport.report.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from perfreport.explanation.saved import SavedFinding, SavedTest
    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Cell, Finding
    from perfreport.model.run import TestRun
    from perfreport.model.source import Provenance

_MOST_SAMPLES = 10
_CLOSE = 1e-9


def explain(report: Path, rule: str, paths: Sequence[str] = ()) -> tuple[Account, ...]:
    """Explain a finding in every test of a report that has it, by the targets of the report.

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
    targets = load_thresholds(saved.thresholds())
    with pipeline.read(list(paths) or list(saved.files())) as intake:
        return tuple(
            account
            for run, before in _paired(intake.runs, saved.tests)
            for account in _accounts(
                pipeline.analyze_run(run, targets, before.own_id),
                before,
                rule,
                Files(saved, tuple(paths)),
            )
        )


def _paired(
    runs: Sequence[TestRun], saved: Sequence[SavedTest]
) -> Iterator[tuple[TestRun, SavedTest]]:
    """Runs beside the saved tests: by label where labels tell, else in order."""
    by_label = {test.label: test for test in saved}
    for run, other in itertools.zip_longest(runs[: len(saved)], saved):
        if run is not None:
            yield run, by_label.get(run.label, other)


def _accounts(test: TestAnalysis, saved: SavedTest, rule: str, files: Files) -> Iterator[Account]:
    signals = run_signals(test.run)
    changed = saved.thresholds_sha256 not in {None, test.grade.thresholds_sha256}
    before = saved.found(rule)
    found = [one for one in test.diagnosis.findings if one.rule == rule]
    for finding, other in itertools.zip_longest(found, before[: len(found)]):
        scope = _Scope(test.run, signals, files, other)
        yield Account(
            saved.test_id,
            finding.title,
            finding.summary,
            tuple(_figures(finding, scope)),
            _same(plain(finding.summary), None if other is None else other.summary),
            thresholds_changed=changed,
        )


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where figures can be looked up, and the finding as it was saved."""

    run: TestRun
    signals: RunSignals
    files: Files
    saved: SavedFinding | None


def _figures(finding: Finding, scope: _Scope) -> Iterator[Recomputed]:
    before = {} if scope.saved is None else scope.saved.figures()
    for place, block in enumerate(finding.evidence):
        if isinstance(block, KeyValues):
            for label, value, origin in block.rows:
                yield _figure(label, value, origin, _next(before, plain(label)), scope)
        elif isinstance(block, Table):
            rows = () if scope.saved is None else scope.saved.rows(place)
            for number, cells in enumerate(block.rows):
                origin = block.provenance[number] if number < len(block.provenance) else None
                old = rows[number] if number < len(rows) else ()
                yield from _row(block, number, cells, origin, old, scope)


def _row(
    table: Table,
    number: int,
    cells: tuple[Cell, ...],
    origin: Provenance | None,
    saved: Sequence[Any],
    scope: _Scope,
) -> Iterator[Recomputed]:
    """The cells of one row; where they are from is told once."""
    for column, (heading, cell) in enumerate(zip(table.headings, cells, strict=True)):
        if cell is None:
            continue
        label = message("explain.cell", table=table.title, row=number + 1, column=heading)
        old = tuple(saved[column : column + 1])
        yield _figure(label, cell, origin if column == 0 else None, old, scope)


def _next(before: dict[str, list[Any]], label: object) -> tuple[Any, ...]:
    values = before.get(json.dumps(label, sort_keys=True))
    return (values.pop(0),) if values else ()


def _figure(
    label: Message,
    value: Cell,
    place: Provenance | None,
    saved: tuple[Any, ...],
    scope: _Scope,
) -> Recomputed:
    verification = _compared(plain(value), saved)
    if place is None:
        return Recomputed(label, value, verification)
    found = samples(scope.run, scope.signals, place)
    shown = tuple(itertools.islice(found, _MOST_SAMPLES))
    return Recomputed(
        label,
        value,
        verification,
        place=place.path if place.line is None else f"{place.path}:{place.line}",
        start_ns=place.start_ns,
        end_ns=place.end_ns,
        samples=shown,
        left_out=sum(1 for _ in found),
        lines=scope.files.lines(place, scope.run),
    )


def _compared(value: Any, saved: tuple[Any, ...]) -> Verification:
    if not saved:
        return Verification.NOT_SAVED
    return Verification.SAME if _same(value, saved[0]) else Verification.DIFFERS


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return bool(left == right)
