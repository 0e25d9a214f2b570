"""Before and after: what each step of improvement would bring, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice.expected import OF_TODAY
from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.figure import Charts
from perfreport.model.forecast import ForecastQuantity
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity
from perfreport.report._spec import Part, Story
from perfreport.report.outlooks import figure, plan
from perfreport.report.parts._ladder import LIMIT, lags, limits, step_name
from perfreport.report.parts._ladder_picture import before_after
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.forecast import Ladder, Step

_MOST_ENDPOINTS = 3
_FURTHER = (
    ForecastQuantity.P95,
    ForecastQuantity.GC_SHARE,
    ForecastQuantity.THROUGHPUT_AT_OBJECTIVE,
    ForecastQuantity.KAFKA_LAG_MAX,
    ForecastQuantity.KAFKA_DRAIN_TIME,
)


def _build(story: Story) -> Sequence[Block]:
    if any(test.ladder.steps for test in story.tests):
        return (Paragraph((message("part.forecast.intro"),)),)
    if any(test.validity.level is ValidityLevel.INVALID for test in story.tests):
        return (Paragraph((message("part.forecast.invalid"),)),)
    found = any(one.role is not None for test in story.tests for one in test.diagnosis.findings)
    return (Paragraph((message(f"part.forecast.{'missing' if found else 'nothing'}"),)),)


def _sections(story: Story) -> Sequence[Section]:
    return [
        section
        for place, test in enumerate(story.tests, start=1)
        if test.ladder.steps
        for section in _of_test(test, f"forecast-{place}", drawn=story.charts is not Charts.NONE)
    ]


def _of_test(test: TestAnalysis, name: str, *, drawn: bool) -> Iterator[Section]:
    ladder, of = test.ladder, name_of(test.grade)
    tables = {"limits": limits(ladder), "lags": lags(ladder)}
    for kind, grid in tables.items():
        if grid is not None:
            title = message(f"forecast.{kind}", test=of)
            yield Section(f"{name}-{kind}", title, Style.LABEL, (grid,))
    picture = before_after(test, f"{name}-steps") if drawn else None
    if picture is not None:
        yield Section(f"{name}-figure", message("figure.section"), Style.LABEL, (picture,))
    if not any(tables.values()):
        title = message("forecast.limits", test=of)
        yield Section(f"{name}-today", title, Style.LABEL, (Paragraph((_today(ladder),)),))
    told: set[Message] = set()
    for step in ladder.steps[1:]:
        items = tuple(_told_of(step, told))
        if items:
            title = message("forecast.grounds", step=step_name(step))
            key = step.horizon.value if step.horizon else "now"
            yield Section(f"{name}-{key}", title, Style.LABEL, (Bullets(items),))
    for kind, bullets in (("uncounted", _uncounted(ladder)), ("futile", _futile(ladder))):
        items = tuple(bullets)
        if items:
            yield Section(
                f"{name}-{kind}", message(f"forecast.{kind}"), Style.LABEL, (Bullets(items),)
            )


def _told_of(step: Step, told: set[Message]) -> Iterator[Bullet]:
    """Say what a table has no room for; a formula or assumption only where it first counts."""
    outlook, added = step.outlook, {change.name for change in step.added}
    new = tuple(change for change in outlook.changes if change.name in added)
    if new:
        yield Bullet(plan(new), message("forecast.label.added"))
    for quantity in _FURTHER:
        found = step.find(quantity)
        if found is not None and found.baseline is not None:
            label = message(f"forecast.quantity.{quantity.value.replace('_', '-')}")
            yield Bullet(figure(found), label)
    by_endpoint = [one for one in outlook.forecasts if one.quantity is LIMIT and one.where]
    yield from _listed(
        "endpoints",
        [
            message(
                "forecast.of-endpoint", endpoint=dict(one.where).get("name", ""), said=figure(one)
            )
            for one in by_endpoint[:_MOST_ENDPOINTS]
        ],
    )
    if step.added and outlook.next_bottleneck is not None:
        yield Bullet(outlook.next_bottleneck, message("forecast.label.next"))
    figures = outlook.forecasts
    yield from _listed("note", _fresh(outlook.notes, told))
    yield from _listed("formula", _fresh((one.formula for one in figures), told))
    assumed = (entry for one in figures for entry in one.assumptions)
    yield from _listed("assumption", _fresh(assumed, told))
    yield from _listed("refusal", _fresh((one.reason for one in outlook.refusals), told))


def _fresh(said: Iterable[Message], told: set[Message]) -> list[Message]:
    fresh = [one for one in dict.fromkeys(said) if one not in told]
    told.update(fresh)
    return fresh


def _listed(kind: str, sentences: Sequence[Message]) -> Iterator[Bullet]:
    if sentences:
        label = message(f"forecast.label.{kind}")
        yield Bullet(sentences[0], label, tuple(sentences[1:]))


def _today(ladder: Ladder) -> Message:
    """Say what is known of today where nothing can be computed of any step."""
    limit = ladder.steps[0].find(LIMIT)
    if limit is None:
        return message("forecast.nothing-computed")
    return message("forecast.today-alone", limit=Quantity(limit.value, limit.unit))


def _uncounted(ladder: Ladder) -> Iterator[Bullet]:
    for step in ladder.steps:
        if step.uncounted:
            yield Bullet(message("report.listed", items=step.uncounted), step_name(step))


def _futile(ladder: Ladder) -> Iterator[Bullet]:
    for outlook in ladder.futile:
        said = [note for note in outlook.notes if note.key != OF_TODAY]
        if said:
            yield Bullet(said[0], plan(outlook.changes), tuple(said[1:]))


PLUGIN = Part("forecast", None, 50, message("part.forecast.title"), Style.PLAIN, _build, _sections)
