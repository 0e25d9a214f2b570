"""Send the rows of a transaction in one batch: one round trip instead of one for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
jdbc.batchUpdate("insert into order_items (order_id, sku) values (?, ?)", items, 100,
    (row, item) -> {
        row.setLong(1, item.order());
        row.setLong(2, item.sku());
    });"""
_ROWS = 100.0
_SETTINGS = """\
spring:
  datasource:
    hikari:
      data-source-properties:
        rewriteBatchedStatements: true"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """The round trips that go away; what is left depends on the size of the rows."""
    times, trip = situation.figure("inserts-per-transaction"), situation.figure("round-trip")
    effect = message("remedies.batch-insert.effect-unknown")
    if times and trip and times > 1:
        effect = message(
            "remedies.batch-insert.effect",
            times=round(times),
            saved=seconds((times - 1) * trip),
        )
    statement = situation.finding.subject
    plan = (Change(f"batch:{statement}", _ROWS),) if statement else ()
    yield Proposal(
        message("remedies.batch-insert.change"),
        effect,
        examples=(
            Command(message("remedies.batch-insert.example"), "java", _PATTERN),
            Command(message("remedies.batch-insert.settings"), "yaml", _SETTINGS),
        ),
        notes=(message("remedies.batch-insert.note"),),
        plan=plan,
    )


PLUGIN = Remedy(
    "batch-insert", frozenset({"single-row-inserts"}), Horizon.MID, Effort.DAYS, propose
)
