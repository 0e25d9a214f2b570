"""Ask the database less often for the same things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message
from perfreport.model.units import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


_WORTH_NAMING = 0.2


def propose(situation: Situation) -> Iterator[Proposal]:
    """The heaviest statement is named where it has a part worth naming."""
    part, heaviest = situation.figure("heaviest-share"), situation.finding.subject
    if part is None or heaviest is None or part < _WORTH_NAMING:
        yield Proposal(
            message("remedies.frequent-statements.change"),
            message("remedies.frequent-statements.effect"),
        )
        return
    yield Proposal(
        message("remedies.frequent-statements.change-named", statement=heaviest),
        message(
            "remedies.frequent-statements.effect-named", part=share(part), half=share(part / 2)
        ),
    )


PLUGIN = Remedy(
    "frequent-statements", frozenset({"database-saturated"}), Horizon.MID, Effort.WEEKS, propose
)
