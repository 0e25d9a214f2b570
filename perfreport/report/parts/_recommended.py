"""What is recommended for one resource: the changes that its own findings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.document import Bullet, Bullets, Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part
from perfreport.report.parts._improvements import entries
from perfreport.report.parts._resource import is_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.report._spec import Story
    from perfreport.report.parts._resource import Resource


def recommended(resource: Resource, rules: tuple[str, ...]) -> Part:
    """Return the section of `resource`; `rules` are the beginnings of its findings' ids."""

    def build(story: Story) -> Sequence[Block]:
        own = [
            one
            for horizon in Horizon
            for one, _ in entries(story, horizon)
            if one.finding.startswith(rules)
        ]
        items = tuple(
            Bullet(
                message("part.resources.advised", change=one.change, priority=one.priority.value),
                label=one.title,
            )
            for one in sorted(own, key=lambda one: one.priority.value)
        )
        if items:
            return (Bullets(items),)
        none = Paragraph((message("part.resources.nothing-advised"),))
        return (none,) if is_shown(story, resource) else ()

    title = message("part.resources.recommended")
    return Part(f"{resource.id}-advice", resource.id, 95, title, Style.LABEL, build)
