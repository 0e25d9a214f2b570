"""The main findings: one line per problem, what makes the run doubtful first, then the causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.document import Bullet
from perfreport.model.finding import Category, Severity
from perfreport.model.grade import ValidityLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit
from perfreport.report.chapter.endpoints import slowest
from perfreport.report.chapter.errors import error_name
from perfreport.report.chapter.stages import breaking_sentence
from perfreport.report.phrases import name_of, phase_name, verdict_sentence
from perfreport.report.problems import (
    LATENCY,
    causes_of,
    effects_of,
    fails_by_test_data,
    family_of,
    unexplained,
    unexplained_symptoms,
    worst_effect,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding
    from perfreport.model.grade import Grade
    from perfreport.report._spec import Story
    from perfreport.report.problems import Family

_MOST = 8
_MOST_PER_TEST = 3
_ENOUGH = 20  # requests that a percentile of an endpoint should rest on
_BAD = frozenset({
    Severity.CRITICAL.value,
    ValidityLevel.INVALID.value,
    "limit",
    Verdict.FAIL.value,
})
_NOTE = "NOTE"
# What a doubt follows from, where that was found as well.
_FOLLOWS = {"iterations-dropped": "load-generator-bound"}


@dataclass(frozen=True, slots=True)
class _Headline:
    """One line: its sign, what it says, its title if it has one, what stands below it."""

    sign: str
    said: Message
    title: Message | None = None
    details: tuple[Message, ...] = ()

    @property
    def bad(self) -> bool:
        return self.sign in _BAD

    @property
    def order(self) -> tuple[bool, bool, bool]:
        """What is grave first, a cause before an objective; what was merely seen comes last."""
        return self.sign == _NOTE, not self.bad, self.title is None

    def bullet(self, test: Message | None) -> Bullet:
        said = self.said
        if test is not None:
            said = message("part.summary.of-test", said=said, test=test)
        if self.title is None:
            return Bullet(message(f"sign.said.{self.sign}", said=said), details=self.details)
        return Bullet(said, message(f"sign.{self.sign}", title=self.title), self.details)


def headlines(story: Story) -> Iterator[Bullet]:
    """Yield the lines of all tests, the grave ones first."""
    several = len(story.tests) > 1
    found = [
        (headline, name_of(test.grade) if several else None)
        for test in story.tests
        for headline in _of(test)
    ]
    found.sort(key=lambda pair: pair[0].order)
    yield from (headline.bullet(test) for headline, test in found[:_MOST])


def _of(test: TestAnalysis) -> Iterator[_Headline]:
    told = [*_doubts(test), *_causes(test), *_open(test), *_risks(test)]
    yield from told
    if not causes_of(test):
        if test.grade.verdict is Verdict.PASS and not told:
            yield _Headline(Verdict.PASS.value, message("part.summary.clean"))
        yield from (_Headline(_NOTE, said) for said in _observed(test))


def _doubts(test: TestAnalysis) -> Iterator[_Headline]:
    rules = {finding.rule for finding in test.validity.findings}
    for finding in test.validity.findings:
        if _FOLLOWS.get(finding.rule, "") in rules:
            continue
        if finding.validity in {ValidityLevel.INVALID, ValidityLevel.QUESTIONABLE}:
            yield _Headline(finding.validity.value, finding.summary, finding.title)


def _causes(test: TestAnalysis) -> Iterator[_Headline]:
    told: set[Message] = set()
    for cause in causes_of(test)[:_MOST_PER_TEST]:
        felt = [said for said in _felt(test, cause) if said not in told]
        told |= set(felt)
        plain = message(f"findings.{cause.rule}.plain")
        details = [message("part.summary.felt", said=said) for said in felt[:1]]
        details.append(message("part.summary.grounds", said=cause.summary))
        yield _Headline(cause.severity.value, plain, cause.title, tuple(details))


def _felt(test: TestAnalysis, cause: Finding) -> Iterator[Message]:
    """Yield how the cause is felt: the limit it sets, the target it breaks, the symptom."""
    if _breaks(test, effects_of(test, cause)):
        limit = breaking_sentence(test)
        if limit is not None:
            yield limit
    worst = worst_effect(test, cause)
    if worst is not None:
        yield _missed_at(test, worst)
    yield from (one.summary for one in test.diagnosis.findings if cause.rule in one.caused_by)


def _breaks(test: TestAnalysis, effects: Family) -> bool:
    """Tell whether the objective that broke first belongs to these effects."""
    point = test.grade.breaking_point
    if point is None or point.phase is None:
        return False
    family = next(
        (
            family_of(grade.objective)
            for stage in test.grade.stages
            for grade in stage.grades
            if grade.objective.id == point.objective
        ),
        LATENCY,
    )
    return bool(family & effects)


def _open(test: TestAnalysis) -> Iterator[_Headline]:
    """Yield the limit, the missed objectives and the symptoms that no cause explains."""
    grades, symptoms = unexplained(test), unexplained_symptoms(test)
    point = test.grade.breaking_point
    explained = any(_breaks(test, effects_of(test, cause)) for cause in causes_of(test))
    limit = None
    if point is not None and point.phase is not None and not explained:
        limit = breaking_sentence(test)
    if limit is not None:
        yield _Headline("limit", limit, message("part.summary.limit"))
        grades = [one for one in grades if not _breaks(test, family_of(one.objective))]
        symptoms = [one for one in symptoms if not _breaks(test, frozenset({one.rule}))]
    for grade in grades[:_MOST_PER_TEST]:
        yield _Headline(grade.verdict.value, _missed_at(test, grade))
    for symptom in symptoms[:_MOST_PER_TEST]:
        yield _Headline(symptom.severity.value, symptom.summary, symptom.title)


def _missed_at(test: TestAnalysis, grade: Grade) -> Message:
    """Say which target was missed, and in which stage if it is a stage's."""
    for stage in test.grade.stages:
        if any(grade is one for one in stage.grades):
            name = phase_name(test.phases, stage.phase)
            return message("part.summary.at-stage", stage=name, said=verdict_sentence(grade))
    return verdict_sentence(grade)


def _risks(test: TestAnalysis) -> Iterator[_Headline]:
    for finding in test.diagnosis.findings:
        if finding.category is Category.RISK:
            yield _Headline(Severity.LOW.value, finding.summary, finding.title)


def _observed(test: TestAnalysis) -> Iterator[Message]:
    """Yield what k6 alone can point at: the commonest error, where requests fail, what is slow."""
    yield from _failing(test)
    slow = [part for part in slowest(test) if part.requests >= _ENOUGH]
    whole = test.measurements.slice_of()
    if len(slow) < 2 or whole is None or not whole.latency.p95 or slow[0].latency.p95 is None:
        return
    yield message(
        "part.summary.slowest",
        endpoint=slow[0].endpoint or "",
        p95=Quantity(slow[0].latency.p95, Unit.SECONDS),
        whole=Quantity(whole.latency.p95, Unit.SECONDS),
    )


def _failing(test: TestAnalysis) -> Iterator[Message]:
    if fails_by_test_data(test):
        return
    errors = sorted(test.measurements.errors, key=lambda row: (-row.count, row.first_ns))
    total = sum(row.count for row in errors)
    if len(errors) == 1:
        yield message("part.summary.all-errors", total=total, error=error_name(errors[0]))
    elif errors:
        yield message(
            "part.summary.most-errors",
            total=total,
            count=errors[0].count,
            share=Quantity(errors[0].count / total, Unit.RATIO),
            error=error_name(errors[0]),
        )
    failing = max(slowest(test), key=lambda part: part.failed, default=None)
    if failing is not None and failing.failed and failing.error_rate is not None:
        yield message(
            "part.summary.most-failing",
            endpoint=failing.endpoint or "",
            count=failing.failed,
            total=failing.requests,
            share=Quantity(failing.error_rate, Unit.RATIO),
        )
