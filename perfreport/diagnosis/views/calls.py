"""Downstream calls in thread dumps: under a transaction, or outside one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.source import Provenance
from perfreport.model.threads import Activity, ThreadDump

if TYPE_CHECKING:
    from perfreport.model.threads import Thread
    from perfreport.rules import Case

# Frames of Spring's and Jakarta's transaction interceptors and of Spring's template.
_TRANSACTION = (
    "TransactionInterceptor",
    "TransactionAspectSupport",
    "TransactionTemplate",
    "TransactionalInterceptor",
)
_FRAMES = 12


@dataclass(frozen=True, slots=True)
class TransactionCalls:
    """Stacks of threads inside a downstream call, by whether a transaction encloses them.

    `frame` is the application's own frame most of the enclosed calls stand in.
    """

    inside: tuple[tuple[tuple[str, ...], Provenance], ...]
    outside: int
    frame: str | None


def transaction_calls(case: Case) -> TransactionCalls:
    """Sort the threads of all dumps that are inside a downstream call."""
    inside: list[tuple[tuple[str, ...], Provenance]] = []
    own: Counter[str] = Counter()
    outside = 0
    for dump in case.run.of(ThreadDump):
        for thread in dump.doing(Activity.DOWNSTREAM):
            if not _in_transaction(thread):
                outside += 1
                continue
            inside.append((thread.frames[:_FRAMES], Provenance(dump.source.path, thread.line)))
            if thread.own is not None:
                own[thread.own] += 1
    frame = max(own, key=lambda name: (own[name], name), default=None)
    return TransactionCalls(tuple(inside), outside, frame)


def _in_transaction(thread: Thread) -> bool:
    return any(mark in frame for frame in thread.frames for mark in _TRANSACTION)
