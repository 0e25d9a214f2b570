"""See which code burns the processors before anything is changed."""

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
jcmd <pid> JFR.start duration=60s settings=profile filename=cpu.jfr
jfr view hot-methods cpu.jfr"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A flight recording under load."""
    yield Proposal(
        message("remedies.cpu-profile.change"),
        message("remedies.cpu-profile.effect"),
        examples=(Command(message("remedies.cpu-profile.example"), "bash", _PATTERN),),
    )


PLUGIN = Remedy("cpu-profile", frozenset({"cpu-saturated"}), Horizon.SHORT, Effort.HOURS, propose)
