"""Let HikariCP log who keeps a connection: the stack names the code to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.message import message
from perfreport.model.units import Unit, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_NAME = "hikaricp.leak-detection-threshold"
_SECONDS = 10.0


def propose(situation: Situation) -> Iterator[Proposal]:
    """Switch it on where neither the file nor the log shows that it is."""
    if situation.inventory.written(_NAME) or situation.figure("leak-warnings"):
        return
    yield Proposal(
        message("remedies.leak-detection.change", threshold=seconds(_SECONDS)),
        message("remedies.leak-detection.effect"),
        situation.raised(_NAME, _SECONDS, Unit.SECONDS, "leak-detection-threshold", "hikaricp."),
    )


PLUGIN = Remedy(
    "leak-detection", frozenset({"connection-leak"}), Horizon.SHORT, Effort.HOURS, propose
)
