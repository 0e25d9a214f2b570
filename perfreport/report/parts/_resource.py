"""What a part on one resource says as long as no more is known: the files that would fill it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block
    from perfreport.report._spec import Story

_MOST_FILES = 6


def files_or_wish(story: Story, resource: str, kinds: frozenset[str]) -> Sequence[Block]:
    """Name the files that were read on a resource; without any, say which would help."""
    paths = sorted({ref.path for ref in story.intake.sources if ref.kind in kinds})
    if not paths:
        return (Paragraph((message(f"part.{resource}.missing"),)),)
    listed = message("report.codes", texts=tuple(paths[:_MOST_FILES]))
    if len(paths) > _MOST_FILES:
        more = len(paths) - _MOST_FILES
        return (Paragraph((message("part.resources.read-many", files=listed, more=more),)),)
    return (Paragraph((message("part.resources.read", files=listed),)),)
