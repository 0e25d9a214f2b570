"""See which objects stay and what holds them: two histograms some time apart, then a dump."""

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
jcmd <pid> GC.class_histogram > before.txt
sleep 300
jcmd <pid> GC.class_histogram > after.txt
diff <(head -40 before.txt) <(head -40 after.txt)
jcmd <pid> GC.heap_dump /tmp/leak.hprof"""


def propose(_: Situation) -> Iterator[Proposal]:
    """Which class grows, and who references it."""
    yield Proposal(
        message("remedies.heap-dump.change"),
        message("remedies.heap-dump.effect"),
        examples=(Command(message("remedies.heap-dump.example"), "bash", _PATTERN),),
    )


PLUGIN = Remedy("heap-dump", frozenset({"heap-leak"}), Horizon.SHORT, Effort.HOURS, propose)
