"""Caches as the application counts them, by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Column, SignalTable, tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_TABLE = SignalTable(
    (
        Column("hit-ratio", "cache.hit.ratio", "mean"),
        Column("cache-evictions", "cache.evictions", "increase"),
    ),
    by="cache",
    needs=frozenset({"cache.hit.ratio"}),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part("cache-hits", "cache", 20, message("part.cache-hits.title"), Style.LABEL, _build)
