"""Leave borrowing to the framework: what code never borrows it can't forget to return."""

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
@ArchTest
static final ArchRule nobodyBorrows = noClasses()
    .that().resideOutsideOfPackage("..persistence..")
    .should().callMethod(DataSource.class, "getConnection");"""


def propose(_: Situation) -> Iterator[Proposal]:
    """A rule of the architecture, held by a test."""
    yield Proposal(
        message("remedies.borrowing-ban.change"),
        message("remedies.borrowing-ban.effect"),
        examples=(Command(message("remedies.borrowing-ban.example"), "java", _PATTERN),),
        urgent=False,
    )


PLUGIN = Remedy(
    "borrowing-ban", frozenset({"connection-leak"}), Horizon.LONG, Effort.MONTHS, propose
)
