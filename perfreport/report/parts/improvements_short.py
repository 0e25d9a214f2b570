"""Improvements that need no more than configuration or a hotfix, with their diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.document import Paragraph, Section, Style
from perfreport.model.finding import Command
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._improvements import details, entries, overview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _build(story: Story) -> Sequence[Block]:
    found = entries(story, Horizon.SHORT)
    if found:
        return (overview(found),)
    told = any(test.advice.recommendations for test in story.tests)
    return (Paragraph((message("part.improvements.short-none"),)),) if told else ()


def _sections(story: Story) -> Sequence[Section]:
    return (*_patches(story), *details(entries(story, Horizon.SHORT), whole=False))


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
