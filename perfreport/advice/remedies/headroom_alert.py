"""Know before it is used up: an alert on utilization, and a size for the load expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.advice._spec import Proposal, Remedy
from perfreport.model.advice import Effort, Horizon
from perfreport.model.finding import Command
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.advice.situation import Situation

_EXPRESSIONS = {
    "pool-near-limit": "hikaricp_connections_active / hikaricp_connections_max > 0.8",
    "http-threads-near-limit": (
        "tomcat_threads_busy_threads / tomcat_threads_config_max_threads > 0.8"
    ),
    "heap-near-limit": "jvm_gc_live_data_size_bytes / jvm_gc_max_data_size_bytes > 0.8",
}
_PATTERN = """\
- alert: {name}
  expr: {expression}
  for: 5m"""


def propose(situation: Situation) -> Iterator[Proposal]:
    """An alert; by how much the load may grow is in the finding."""
    rule = situation.finding.rule
    name = "".join(word.capitalize() for word in rule.split("-"))
    alert = _PATTERN.format(name=name, expression=_EXPRESSIONS[rule])
    yield Proposal(
        message("remedies.headroom-alert.change"),
        message("remedies.headroom-alert.effect"),
        examples=(Command(message("remedies.headroom-alert.example"), "yaml", alert),),
    )


PLUGIN = Remedy("headroom-alert", frozenset(_EXPRESSIONS), Horizon.SHORT, Effort.HOURS, propose)
