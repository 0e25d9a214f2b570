"""An index for the statement that dominates: a hypothesis, with the EXPLAIN that tests it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.measure.sql import hypotheses, statements
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_MOST = 2


def propose(situation: Situation) -> Iterator[Proposal]:
    """Indexes for the finding's own statement only."""
    measured = statements(situation.run, situation.phases)
    own = [one for one in hypotheses(measured) if one.fingerprint == situation.finding.subject]
    for one in [entry for entry in own if entry.change][:_MOST]:
        columns = tuple(use.column for use in one.columns)
        effect = message("remedies.index.effect")
        if one.rows_examined and one.examined_per_row:
            effect = message(
                "remedies.index.effect-rows",
                examined=one.rows_examined,
                useful=max(1.0, one.rows_examined / one.examined_per_row),
            )
        yield Proposal(
            message("remedies.index.change", table=one.table, columns=columns),
            effect,
            examples=(
                Command(message("remedies.index.example"), "sql", f"{one.change};"),
                Command(message("remedies.index.explain"), "sql", f"{one.explain};"),
            ),
            notes=(message("remedies.index.note"),),
            plan=(Change(f"index:{one.fingerprint}", "added"),),
        )


PLUGIN = Remedy("index", frozenset({"slow-query"}), Horizon.MID, Effort.DAYS, propose)
