"""The database: connection pool, slow queries, locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._resource import Resource, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

RESOURCE = Resource(
    "database",
    frozenset({
        "slow-query-log",
        "statement-digest",
        "lock-waits",
        "innodb-status",
        "global-status",
    }),
    (
        "hikaricp.",
        "jdbc.",
        "mysql.",
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return describe(story, RESOURCE)


PLUGIN = Part("database", "resources", 10, message("part.database.title"), Style.PLAIN, _build)
