"""Give up sooner on a call that will not be answered: bring the limit down to what answers take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message
from perfreport.model.units import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation


_TIMES_AN_ANSWER = 10
_STEP = 0.1
_SHORTEST = 0.2


def propose(situation: Situation) -> Iterator[Proposal]:
    """Ten times the mean of an answer, where that is less than the limit in force."""
    limit = situation.figure("time-limit") or situation.figure("unanswered-mean")
    answered = situation.figure("answered-mean")
    if limit is None or answered is None:
        return
    target = max(_SHORTEST, math.ceil(_TIMES_AN_ANSWER * answered / _STEP) * _STEP)
    if target >= limit:
        return
    yield Proposal(
        message(
            "remedies.time-limit.change",
            old=seconds(limit),
            new=seconds(target),
            answered=seconds(answered),
        ),
        message("remedies.time-limit.effect", old=seconds(limit), new=seconds(target)),
    )


PLUGIN = Remedy(
    "time-limit", frozenset({"downstream-timeout"}), Horizon.SHORT, Effort.HOURS, propose
)
