"""Return the connection on every path: try-with-resources closes it on errors too."""

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
try (Connection connection = pool.getConnection();
     PreparedStatement query = connection.prepareStatement(SQL)) {
    return read(query);
}  // closed here, on errors as well"""


def propose(_: Situation) -> Iterator[Proposal]:
    """The pattern; which code it is, the leak log says."""
    yield Proposal(
        message("remedies.leak-fix.change"),
        message("remedies.leak-fix.effect"),
        examples=(Command(message("remedies.leak-fix.example"), "java", _PATTERN),),
    )


PLUGIN = Remedy("leak-fix", frozenset({"connection-leak"}), Horizon.SHORT, Effort.HOURS, propose)
