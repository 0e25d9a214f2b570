"""The page for readers with one minute: what ran, what was found, what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.finding import Category, Severity
from perfreport.model.grade import TestKind, ValidityLevel, Verdict
from perfreport.model.load import Executor, LoadPlan
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.chapter.conclusion import past
from perfreport.report.chapter.endpoints import slowest
from perfreport.report.chapter.errors import error_name
from perfreport.report.chapter.stages import breaking_sentence
from perfreport.report.phrases import name_of, title_of, verdict_sentence, verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import Grade
    from perfreport.model.measurement import LoadSlice

_MOST_FINDINGS = 6
_MOST_PER_TEST = 3
_ENOUGH = 20  # requests that a percentile of an endpoint should rest on
_BAD = frozenset({
    Severity.CRITICAL.value,
    ValidityLevel.INVALID.value,
    "limit",
    Verdict.FAIL.value,
})
_MANY_ERRORS = 0.01
_ERRORS = frozenset({"http_req_failed", "error_rate", "success_rate", "checks"})


def _sections(story: Story) -> Sequence[Section]:
    return tuple(
        Section(f"summary-{name}", message(f"part.summary.{name}"), Style.LABEL, (block,))
        for name, block in (
            ("verdict", Paragraph((_verdict(story),))),
            ("tests", Bullets(tuple(_ran(test) for test in story.tests))),
            ("findings", Bullets(tuple(_findings(story)), numbered=True)),
            ("impact", Bullets(tuple(_impacts(story)))),
        )
        if isinstance(block, Paragraph) or block.items
    )


def _verdict(story: Story) -> Message:
    word = verdict_word(story.verdict)
    if not story.tests:
        return message("part.summary.no-tests", verdict=word)
    if len(story.tests) == 1:
        key = f"part.summary.one.{story.verdict.value}"
        return message(key, verdict=word, test=name_of(story.tests[0].grade))
    worst = tuple(
        name_of(test.grade) for test in story.tests if test.grade.verdict is story.verdict
    )
    if len(worst) == len(story.tests):
        return message(f"part.summary.every.{story.verdict.value}", verdict=word, total=len(worst))
    return message(
        f"part.summary.many.{story.verdict.value}",
        verdict=word,
        tests=worst,
        total=len(story.tests),
        count=len(worst),
    )


def _ran(test: TestAnalysis) -> Bullet:
    measured = test.measurements
    whole = measured.slice_of()
    if not measured.seconds:
        said = message("part.summary.not-run", verdict=verdict_word(test.grade.verdict))
        return Bullet(said, title_of(test.grade))
    length = Quantity(measured.seconds, Unit.SECONDS)
    verdict = verdict_word(test.grade.verdict)
    label = title_of(test.grade)
    if whole is None:
        return Bullet(message("part.summary.ran-summary", length=length, verdict=verdict), label)
    rate = Quantity(whole.throughput, Unit.PER_SECOND)
    if whole.vus_max is None or _is_open(test):
        return Bullet(message("part.summary.ran", rate=rate, length=length, verdict=verdict), label)
    return Bullet(
        message(
            "part.summary.ran-vus",
            vus=round(whole.vus_max),
            rate=rate,
            length=length,
            verdict=verdict,
        ),
        label,
    )


def _is_open(test: TestAnalysis) -> bool:
    plan = test.run.one(LoadPlan)
    executors: set[Executor] = {s.executor for s in plan.scenarios} if plan else set()
    return bool(executors) and all(executor.is_open for executor in executors)


@dataclass(frozen=True, slots=True)
class _Headline:
    """One line of the findings: its sign, what it says, its title if it has one."""

    sign: str
    said: Message
    title: Message | None = None

    @property
    def bad(self) -> bool:
        return self.sign in _BAD

    def bullet(self, test: Message | None) -> Bullet:
        said = self.said
        if test is not None:
            said = message("part.summary.of-test", said=said, test=test)
        if self.title is None:
            return Bullet(message(f"sign.said.{self.sign}", said=said))
        return Bullet(said, message(f"sign.{self.sign}", title=self.title))


def _findings(story: Story) -> Iterator[Bullet]:
    several = len(story.tests) > 1
    found = [
        (headline, name_of(test.grade) if several else None)
        for test in story.tests
        for headline in _headlines(test)
    ]
    found.sort(key=lambda pair: not pair[0].bad)
    yield from (headline.bullet(test) for headline, test in found[:_MOST_FINDINGS])


def _headlines(test: TestAnalysis) -> Iterator[_Headline]:
    """Yield what makes the run doubtful, the causes found, the objectives missed."""
    for finding in test.validity.findings:
        if finding.validity in {ValidityLevel.INVALID, ValidityLevel.QUESTIONABLE}:
            yield _Headline(finding.validity.value, finding.summary, finding.title)
    causes = [f for f in test.diagnosis.findings if f.category is not Category.VALIDITY]
    for finding in causes[:_MOST_PER_TEST]:
        yield _Headline(finding.severity.value, finding.summary, finding.title)
    if test.grade.breaking_point is not None and test.grade.breaking_point.phase is not None:
        sentence = breaking_sentence(test)
        if sentence is not None:
            yield _Headline("limit", sentence, message("part.summary.limit"))
    for grade in _missed(test)[:_MOST_PER_TEST]:
        yield _Headline(grade.verdict.value, verdict_sentence(grade))
    for observed in _observed(test):
        yield _Headline("NOTE", observed)


def _observed(test: TestAnalysis) -> Iterator[Message]:
    """Yield what k6 alone can point at: the commonest error, where requests fail, what is slow."""
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


def _missed(test: TestAnalysis) -> list[Grade]:
    missed = [g for g in test.grade.grades if g.verdict in {Verdict.FAIL, Verdict.WARNING}]
    return sorted(missed, key=lambda grade: (-grade.verdict.badness, -past(grade)))


def _impacts(story: Story) -> Iterator[Bullet]:
    for test in story.tests:
        impact = _impact(test)
        if impact is not None:
            yield Bullet(impact, name_of(test.grade))


def _errs(test: TestAnalysis, whole: LoadSlice) -> bool:
    """Tell whether users would meet errors: a target on errors was missed, or many failed."""
    missed = any(grade.objective.selector.metric in _ERRORS for grade in _missed(test))
    return missed or (whole.error_rate or 0.0) >= _MANY_ERRORS


def _impact(test: TestAnalysis) -> Message | None:
    if test.validity.level is ValidityLevel.INVALID:
        return message("impact.invalid")
    whole = test.measurements.slice_of()
    if whole is None or not whole.requests:
        return None
    point = test.grade.breaking_point
    if test.grade.kind is TestKind.STRESS and point is not None and point.phase is not None:
        good = test.measurements.slice_of(point.last_good) if point.last_good else None
        if good is None:
            return message("impact.stress-none")
        return message("impact.stress", rate=Quantity(good.throughput, Unit.PER_SECOND))
    failed = Quantity(whole.error_rate or 0.0, Unit.RATIO)
    rate = Quantity(whole.throughput, Unit.PER_SECOND)
    kind = test.grade.kind.value
    match test.grade.verdict:
        case Verdict.NO_DATA | Verdict.INCONCLUSIVE:
            return message("impact.not-judged")
        case Verdict.PASS:
            return message(f"impact.{kind}-met", rate=rate)
        case Verdict.WARNING:
            return message("impact.warning", rate=rate, failed=failed)
        case Verdict.FAIL:
            if not _errs(test, whole):
                return message("impact.missed", rate=rate, failed=failed)
            total = whole.requests
            return message(f"impact.{kind}-errors", failed=failed, count=whole.failed, total=total)


PLUGIN = Part(
    "summary",
    "metrics",
    10,
    message("part.summary.title"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
