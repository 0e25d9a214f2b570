"""Settings of today: database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._settings import settings_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block


def _build(story: Story) -> Sequence[Block]:
    return settings_grid(story, ("hikaricp.", "jpa.", "transaction.", "mysql."))


PLUGIN = Part(
    "database-settings", "database", 90, message("part.resources.settings"), Style.LABEL, _build
)
