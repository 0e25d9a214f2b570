"""Can this run be judged at all? What speaks against it, and what that does to the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Paragraph
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block


def _build(test: TestAnalysis) -> Sequence[Block]:
    validity = test.validity
    level = validity.level.value
    noted = validity.level is ValidityLevel.VALID and validity.findings
    judged = message("chapter.validity.noted" if noted else f"chapter.validity.{level}")
    items = tuple(
        Bullet(
            finding.summary,
            label=finding.title,
            details=(finding.effect,) if finding.effect is not None else (),
        )
        for finding in validity.findings
    )
    return (Paragraph((judged,)), *((Bullets(items),) if items else ()))


PLUGIN = ChapterSection("validity", 25, message("chapter.validity.title"), _build)
