"""The page for readers with one minute: what ran, what was found, what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.grade import TestKind, ValidityLevel, Verdict
from perfreport.model.load import Executor, LoadPlan
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.parts._headlines import headlines
from perfreport.report.phrases import name_of, short_title, title_of, verdict_word
from perfreport.report.problems import ERRORS, family_of, missed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.measurement import LoadSlice
    from perfreport.model.message import Param
    from perfreport.model.phase import Phase

_MANY_ERRORS = 0.01
_ABOUT = {
    TestKind.LOAD: PhaseKind.PLATEAU,
    TestKind.SOAK: PhaseKind.PLATEAU,
    TestKind.PEAK: PhaseKind.SPIKE,
}


def _sections(story: Story) -> Sequence[Section]:
    return tuple(
        Section(f"summary-{name}", message(f"part.summary.{name}"), Style.LABEL, (block,))
        for name, block in (
            ("verdict", Paragraph((_verdict(story),))),
            ("tests", Bullets(tuple(_ran(test) for test in story.tests))),
            ("findings", Bullets(tuple(headlines(story)), numbered=True)),
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
    told: dict[str, Param] = {"length": length, "verdict": verdict}
    key = "part.summary.ran"
    if whole.vus_max is not None and not _is_open(test):
        key += "-vus"
        told["vus"] = round(whole.vus_max)
    rate = whole.throughput
    phase = _under_load(test)
    part = measured.slice_of(phase.name) if phase is not None else None
    if phase is not None and part is not None:
        key += "-held"
        told["phase"] = short_title(test.phases, phase)
        told["held"] = Quantity(phase.seconds, Unit.SECONDS)
        rate = part.throughput
    elif test.grade.stages:
        key += "-stages"
        told["stages"] = len(test.grade.stages)
        rate = _served(test, whole)
    told["rate"] = Quantity(rate, Unit.PER_SECOND)
    return Bullet(message(key, **told), label)


def _under_load(test: TestAnalysis) -> Phase | None:
    """Return the one phase a test is about: where its load is held, or its spike."""
    kind = _ABOUT.get(test.grade.kind)
    found = [phase for phase in test.phases.phases if phase.kind is kind and phase.reached]
    return found[0] if len(found) == 1 else None


def _is_open(test: TestAnalysis) -> bool:
    plan = test.run.one(LoadPlan)
    executors: set[Executor] = {s.executor for s in plan.scenarios} if plan else set()
    return bool(executors) and all(executor.is_open for executor in executors)


def _impacts(story: Story) -> Iterator[Bullet]:
    for test in story.tests:
        impact = _impact(test)
        if impact is not None:
            yield Bullet(impact, name_of(test.grade))


def _errs(test: TestAnalysis, whole: LoadSlice) -> bool:
    """Tell whether users would meet errors: a target on errors was missed, or many failed."""
    failing = any(family_of(grade.objective) is ERRORS for grade in missed(test))
    return failing or (whole.error_rate or 0.0) >= _MANY_ERRORS


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
        return message("impact.stress", rate=good.throughput)
    failed = Quantity(whole.error_rate or 0.0, Unit.RATIO)
    rate = _served(test, whole)
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


def _served(test: TestAnalysis, whole: LoadSlice) -> float:
    """Return the throughput served: of a stress test its best stage's, else while it was held."""
    if test.grade.kind is not TestKind.STRESS:
        phase = _under_load(test) if test.grade.kind is not TestKind.PEAK else None
        held = test.measurements.slice_of(phase.name) if phase is not None else None
        return (held or whole).throughput
    stages = [test.measurements.slice_of(stage.phase) for stage in test.grade.stages]
    return max((part.throughput for part in stages if part is not None), default=whole.throughput)


PLUGIN = Part(
    "summary",
    "metrics",
    10,
    message("part.summary.title"),
    Style.NUMBERED,
    lambda _: (),
    _sections,
)
