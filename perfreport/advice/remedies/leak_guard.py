"""Keep leaks from coming back: a test watches that connections return."""

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
@AfterEach
void everyConnectionIsBack() {
    assertEquals(0, pool.getHikariPoolMXBean().getActiveConnections());
}"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A check in the build."""
    yield Proposal(
        message("remedies.leak-guard.change"),
        message("remedies.leak-guard.effect"),
        examples=(Command(message("remedies.leak-guard.example"), "java", _PATTERN),),
        urgent=False,
    )


PLUGIN = Remedy("leak-guard", frozenset({"connection-leak"}), Horizon.MID, Effort.DAYS, propose)
