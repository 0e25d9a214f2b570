"""Which code the threads that run were seen in, over all thread dumps of the load."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.source import Provenance
from perfreport.model.threads import Activity, ThreadDump

if TYPE_CHECKING:
    from perfreport.rules import Case

_FEWEST = 3  # threads: one that runs at the moment of a dump says nothing
_MAJORITY = 0.5
_FRAMES = 12


@dataclass(frozen=True, slots=True)
class RunningCode:
    """A method of the application that most running threads were in; `frames` of one of them."""

    method: str
    threads: int
    running: int
    frames: tuple[str, ...]
    provenance: Provenance


def running_code(case: Case) -> RunningCode | None:
    """Return the method; None where no dump shows one that most threads run."""
    methods: Counter[str] = Counter()
    example: dict[str, tuple[tuple[str, ...], Provenance]] = {}
    running = 0
    for dump in case.run.of(ThreadDump):
        for thread in dump.doing(Activity.RUNNING):
            running += 1
            if thread.own is None:
                continue
            method = thread.own.partition("(")[0]
            methods[method] += 1
            place = Provenance(dump.source.path, thread.line)
            example.setdefault(method, (thread.frames[:_FRAMES], place))
    if not methods:
        return None
    method, seen = max(methods.items(), key=lambda entry: (entry[1], entry[0]))
    if seen < _FEWEST or seen < _MAJORITY * running:
        return None
    frames, place = example[method]
    return RunningCode(method, seen, running, frames, place)
