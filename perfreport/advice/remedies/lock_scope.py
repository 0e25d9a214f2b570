"""Lock last and commit at once: nothing slow happens while others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
@Transactional
void place(Order order) {
    prices.check(order);         // slow work first, no lock held
    orders.save(order);
    stock.take(order.items());   // the lock comes last, the commit follows at once
}"""


def propose(_: Situation) -> Iterator[Proposal]:
    """The order inside the transaction."""
    yield Proposal(
        message("remedies.lock-scope.change"),
        message("remedies.lock-scope.effect"),
        examples=(Command(message("remedies.lock-scope.example"), "java", _PATTERN),),
        plan=(Change("transaction.row-lock", "short"),),
    )


PLUGIN = Remedy("lock-scope", frozenset({"row-lock-contention"}), Horizon.MID, Effort.DAYS, propose)
