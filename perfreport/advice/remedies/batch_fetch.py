"""Let Hibernate fetch lazy associations for many rows at once; only where JPA is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.forecast import Change
from perfreport.model.message import message
from perfreport.model.units import Unit, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_NAME = "jpa.batch-fetch-size"
_FEWEST = 100.0
_MOST = 1000.0  # longer IN lists cost the database more than they save
_PATTERN = """\
spring:
  jpa:
    properties:
      hibernate:
        default_batch_fetch_size: {size}"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """A batch that holds one whole list; nothing where a batch size is set already."""
    if situation.inventory.written(_NAME) or not any(situation.inventory.siblings("jpa.")):
        return
    rows = situation.figure("repeated-times") or 0.0
    size = min(_MOST, max(_FEWEST, rows))
    statement = situation.finding.subject
    plan = (Change(f"batch:{statement}", size),) if statement else ()
    yield Proposal(
        message("remedies.batch-fetch.change", size=count(size)),
        message("remedies.batch-fetch.effect", times=count(rows)),
        situation.raised(_NAME, size, Unit.COUNT, "default_batch_fetch_size", "jpa.jdbc."),
        examples=(
            Command(
                message("remedies.batch-fetch.example"), "yaml", _PATTERN.format(size=round(size))
            ),
        ),
        plan=plan,
    )


PLUGIN = Remedy("batch-fetch", frozenset({"n-plus-one"}), Horizon.SHORT, Effort.HOURS, propose)
