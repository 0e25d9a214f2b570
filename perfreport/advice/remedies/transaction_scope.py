"""Move the remote call out of the transaction: the connection goes back before the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.advice.remedies._pool import current_size
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import per_second, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
Receipt place(Order order) {
    long id = transactions.execute(status -> orders.reserve(order));  // connection returned here
    Payment payment = payments.charge(id, order.amount());            // no connection held
    return transactions.execute(status -> orders.settle(id, payment));
}"""
_LEAST = 0.05  # of the hold time stays, whatever was measured


def propose(situation: Situation) -> Iterator[Proposal]:
    """What is left of the hold time, and the pool limit that follows from it."""
    hold, part = situation.figure("pool-hold"), situation.figure("call-share")
    size = current_size(situation)
    effect = message("remedies.transaction-scope.effect-unknown")
    if hold and part is not None and size:
        left = hold * max(_LEAST, 1 - part)
        effect = message(
            "remedies.transaction-scope.effect",
            before=seconds(hold),
            after=seconds(left),
            limit_before=per_second(size / hold),
            limit_after=per_second(size / left),
        )
    yield Proposal(
        message("remedies.transaction-scope.change"),
        effect,
        examples=(Command(message("remedies.transaction-scope.example"), "java", _PATTERN),),
        notes=(message("remedies.transaction-scope.note"),),
        plan=(Change("transaction.remote-call", "outside"),),
    )


PLUGIN = Remedy(
    "transaction-scope",
    frozenset({"remote-call-in-transaction"}),
    Horizon.MID,
    Effort.DAYS,
    propose,
)
