"""Part three: what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _build(_: Story) -> Sequence[Block]:
    return (Paragraph((message("part.improvements.missing"),)),)


PLUGIN = Part("improvements", None, 30, message("part.improvements.title"), Style.PART, _build)
