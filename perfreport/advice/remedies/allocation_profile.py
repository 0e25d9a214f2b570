"""See which code allocates: less garbage is fewer collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_PATTERN = """\
jcmd <pid> JFR.start duration=60s settings=profile filename=allocation.jfr
jfr view allocation-by-site allocation.jfr"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A flight recording under load."""
    yield Proposal(
        message("remedies.allocation-profile.change"),
        message("remedies.allocation-profile.effect"),
        examples=(Command(message("remedies.allocation-profile.example"), "bash", _PATTERN),),
    )


PLUGIN = Remedy("allocation-profile", frozenset({"gc-pressure"}), Horizon.MID, Effort.DAYS, propose)
