"""The database server itself by phase: sessions, buffer pool, row locks."""

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
        Column("db-running", "mysql.threads.running", "peak"),
        Column("db-connected", "mysql.threads.connected", "peak", of="mysql.max.connections"),
        Column("db-queries", "mysql.questions", "mean"),
        Column("db-buffer-pool", "mysql.innodb.buffer.pool.hit.ratio", "mean"),
        Column("db-lock-waits", "mysql.innodb.row.lock.waits", "increase"),
        Column("db-lock-mean", "mysql.innodb.row.lock.wait.mean", "mean"),
        Column("db-deadlocks", "mysql.innodb.deadlocks", "increase"),
    ),
)


def _build(story: Story) -> Sequence[Block]:
    return tabulate(story, _TABLE)


PLUGIN = Part(
    "database-server", "database", 40, message("part.database-server.title"), Style.LABEL, _build
)
