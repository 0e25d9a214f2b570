"""Improvements that need no more than configuration or a hotfix, with their diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.finding import Command
from perfreport.model.forecast import ForecastQuantity
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.outlooks import figure
from perfreport.report.parts._improvements import details, entries, overview
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


_SHOWN = (
    ForecastQuantity.THROUGHPUT_LIMIT,
    ForecastQuantity.P95,
    ForecastQuantity.KAFKA_LAG_MAX,
    ForecastQuantity.KAFKA_DRAIN_TIME,
)


def _build(story: Story) -> Sequence[Block]:
    found = entries(story, Horizon.SHORT)
    if found:
        return (overview(found),)
    told = any(test.advice.recommendations for test in story.tests)
    return (Paragraph((message("part.improvements.short-none"),)),) if told else ()


def _sections(story: Story) -> Sequence[Section]:
    found = details(entries(story, Horizon.SHORT), whole=False)
    return (*_patches(story), *_expected(story), *found)


def _expected(story: Story) -> tuple[Section, ...]:
    """What all short-term changes together bring to each test, where it was computed."""
    bullets = []
    for test in story.tests:
        step = next((one for one in test.ladder.steps if one.horizon is Horizon.SHORT), None)
        if step is None:
            continue
        for quantity in _SHOWN:
            found = step.find(quantity)
            if found is not None and found.baseline is not None:
                name = message(f"forecast.quantity.{quantity.value.replace('_', '-')}")
                label = message("advice.of-test", test=name_of(test.grade), quantity=name)
                bullets.append(Bullet(figure(found), label))
    if not bullets:
        return ()
    title = message("advice.label.expected")
    return (Section("expected", title, Style.LABEL, (Bullets(tuple(bullets)),)),)


def _patches(story: Story) -> tuple[Section, ...]:
    title = message("advice.label.patch")
    patches = dict.fromkeys(patch for test in story.tests for patch in test.advice.patches)
    if not patches:
        return ()
    said = [message("advice.apply")]
    if len({patch.path for patch in patches}) < len(patches):
        said.append(message("advice.apply-one"))
    if any("\r" in patch.diff for patch in patches):
        said.append(message("advice.apply-crlf"))
    blocks: list[Block] = [Paragraph(tuple(said))]
    blocks += [Command(title, "diff", patch.diff) for patch in patches]
    return (Section("patches", title, Style.LABEL, tuple(blocks)),)


PLUGIN = Part(
    "improvements-short",
    "improvements",
    10,
    message("part.improvements.short"),
    Style.NUMBERED,
    _build,
    _sections,
)
