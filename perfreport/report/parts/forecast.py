"""Before and after: what the changes would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Paragraph, Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _build(_: Story) -> Sequence[Block]:
    return (Paragraph((message("part.forecast.missing"),)),)


PLUGIN = Part("forecast", None, 50, message("part.forecast.title"), Style.PLAIN, _build)
