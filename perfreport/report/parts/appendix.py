"""The appendix: what was read, what was lost, what was not checked, and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid, Section, Style
from perfreport.model.load import LoadSamples, LoadSummary
from perfreport.model.message import Message, message
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of, thresholds_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell, NotEvaluated, RuleError
    from perfreport.model.source import Problem, SourceRef

_MOST_SOURCES = 40
_MOST_PROBLEMS = 15
_HASH_DIGITS = 12


def _sections(story: Story) -> Sequence[Section]:
    built = (
        ("sources", _sources(story)),
        ("losses", _losses(story)),
        ("not-checked", _not_checked(story)),
        ("basis", _basis(story)),
    )
    return tuple(
        Section(f"appendix-{name}", message(f"appendix.{name}"), Style.LABEL, tuple(blocks))
        for name, blocks in built
        if blocks
    )


def _sources(story: Story) -> Sequence[Block]:
    refs = story.intake.sources
    if not refs:
        return ()
    lost = any(ref.skipped for ref in refs)
    names = ["file", "kind", "records", *(["skipped"] if lost else []), "span", "clock"]
    rows = tuple(_source(ref, lost=lost, offset=_offset(story)) for ref in refs)
    grid = Grid(tuple(message(f"column.{name}") for name in names), rows)
    return (limited(grid, _MOST_SOURCES, message("order.given")),)


def _offset(story: Story) -> int:
    samples = (test.run.one(LoadSamples) for test in story.tests)
    return next((one.offset_seconds or 0 for one in samples if one is not None), 0)


def _source(ref: SourceRef, *, lost: bool, offset: int) -> tuple[Cell, ...]:
    span: Cell = None
    if ref.start_ns is not None and ref.end_ns is not None and ref.clock.correlated:
        span = message("cell.span", start=ref.start_ns, end=ref.end_ns, offset=offset)
    skipped = (ref.skipped,) if lost else ()
    clock = message(f"clock.{ref.clock.kind.value}")
    return (ref.path, _kind(ref), ref.records or None, *skipped, span, clock)


def _kind(ref: SourceRef) -> Message:
    if ref.kind == "unknown":
        return message("cell.kind-unknown")
    if ref.dialect in {"", ref.kind}:
        return message("cell.kind", kind=ref.kind)
    return message("cell.kind-dialect", kind=ref.kind, dialect=ref.dialect)


def _losses(story: Story) -> Sequence[Block]:
    problems = [*story.intake.problems, *(p for test in story.tests for p in test.run.problems)]
    unique = list(dict.fromkeys(problems))
    items = [_problem(problem) for problem in unique[:_MOST_PROBLEMS]]
    if len(unique) > _MOST_PROBLEMS:
        items.append(Bullet(message("appendix.more-losses", more=len(unique) - _MOST_PROBLEMS)))
    return (Bullets(tuple(items)),) if items else ()


def _problem(problem: Problem) -> Bullet:
    if problem.line is None:
        return Bullet(message("appendix.loss", path=problem.path, said=problem.message))
    return Bullet(
        message("appendix.loss-at", path=problem.path, line=problem.line, said=problem.message)
    )


def _not_checked(story: Story) -> Sequence[Block]:
    """What is missing, with the rules that wait for it; and rules that failed by our fault."""
    waiting: dict[Message, set[str]] = {}
    faults: dict[str, str] = {}
    for test in story.tests:
        skipped: list[NotEvaluated] = [*test.validity.not_evaluated, *test.diagnosis.not_evaluated]
        errors: list[RuleError] = [*test.validity.errors, *test.diagnosis.errors]
        for entry in skipped:
            for need in entry.needs:
                waiting.setdefault(need, set()).add(entry.rule)
        faults.update((entry.rule, entry.error) for entry in errors)
    items = [
        Bullet(message("appendix.not-evaluated", rules=tuple(sorted(rules)), need=need))
        for need, rules in sorted(waiting.items(), key=lambda pair: sorted(pair[1]))
    ]
    items += [
        Bullet(message("appendix.rule-failed", rule=rule, error=error))
        for rule, error in sorted(faults.items())
    ]
    return (Bullets(tuple(items)),) if items else ()


def _basis(story: Story) -> Sequence[Block]:
    return (Bullets(tuple(_basis_items(story))),)


def _basis_items(story: Story) -> Iterator[Bullet]:
    yield Bullet(message("appendix.tool", tool=story.tool))
    versions = {
        fact.k6_version
        for test in story.tests
        for fact in test.run.of(LoadSummary)
        if fact.k6_version
    }
    if versions:
        yield Bullet(message("appendix.k6", versions=tuple(sorted(versions))))
    for test in story.tests:
        path, digest = test.spec.thresholds_path, test.spec.thresholds_sha256
        if path is not None and digest is not None:
            yield Bullet(
                message(
                    "appendix.thresholds",
                    test=name_of(test.grade),
                    path=thresholds_name(path),
                    digest=digest[:_HASH_DIGITS],
                )
            )
        for note in (*test.phases.notes, *test.measurements.warnings):
            yield Bullet(note)
    yield Bullet(message("appendix.method"))


PLUGIN = Part(
    "appendix", None, 60, message("part.appendix.title"), Style.PLAIN, lambda _: (), _sections
)
