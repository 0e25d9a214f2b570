"""Part three: what to change, and what not to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _build(story: Story) -> Sequence[Block]:
    told = any(test.advice.recommendations for test in story.tests)
    return (Paragraph((message(f"part.improvements.{'intro' if told else 'missing'}"),)),)


def _sections(story: Story) -> Sequence[Section]:
    said = dict.fromkeys(one.said for test in story.tests for one in test.advice.futile)
    if not said:
        return ()
    bullets = Bullets(tuple(Bullet(text) for text in said))
    return (Section("futile", message("advice.label.futile"), Style.LABEL, (bullets,)),)


PLUGIN = Part(
    "improvements", None, 30, message("part.improvements.title"), Style.PART, _build, _sections
)
