"""A big plain file read by one process per core, each a stretch of whole lines.

numpy holds the interpreter lock for much of its indexing, so threads would not help. Forked
processes share the code at no cost; where the platform can't fork safely, or a process dies, the
stretch is read here.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from perfreport.sources._k6_share import Share, read_stretch
from perfreport.store import SampleWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perfreport.store import StorePart

_PATIENCE_SECONDS = 120.0
_SMALLEST_STRETCH = 24 << 20
_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes [start, end) of a file, whole lines."""

    start: int
    end: int


def read_file(
    path: Path, start: int, advance: Callable[[int], None]
) -> list[tuple[StorePart, Share]]:
    """Read a plain file from byte `start`, in as many stretches as there are cores."""
    stretches = _stretches(path, start)
    workers = [_Worker(path, stretch) for stretch in stretches[1:]]
    try:
        # This process reads one of several like stretches: its progress stands for all.
        shares = [
            _read(path, stretches[0], SampleWriter(), lambda size: advance(size * len(stretches)))
        ]
        return shares + [worker.wait() for worker in workers]
    finally:
        for worker in workers:
            worker.stop()


def _stretches(path: Path, start: int) -> list[Stretch]:
    size = path.stat().st_size
    wanted = min(_cores(), _MOST_PROCESSES, max(1, (size - start) // _SMALLEST_STRETCH))
    cuts = [start]
    with path.open("rb") as stream:
        for number in range(1, wanted):
            stream.seek(max(cuts[-1], start + (size - start) * number // wanted))
            stream.readline()
            cuts.append(stream.tell())
    return [Stretch(one, two) for one, two in zip(cuts, [*cuts[1:], size], strict=True)]


def _cores() -> int:
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _read(
    path: Path, stretch: Stretch, writer: SampleWriter, advance: Callable[[int], None]
) -> tuple[StorePart, Share]:
    with path.open("rb", buffering=0) as stream:
        stream.seek(stretch.start)
        share = read_stretch(stream, stretch.end - stretch.start, writer, advance)
    return writer.finish(), share


class _Worker:
    """A forked process that reads one stretch into a file that both processes hold open."""

    def __init__(self, path: Path, stretch: Stretch) -> None:
        self._path = path
        self._stretch = stretch
        self._writer = SampleWriter()
        self._answer, answer = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of any fork beside threads; the child only computes and writes.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if not self._pid:
            self._work(answer)
        os.close(answer)

    def wait(self) -> tuple[StorePart, Share]:
        """Return what the process read; read it here if it failed or hangs.

        All stretches are of one size, so a process that is silent this long after the parent
        finished its own is stuck (a lock that another thread held at the fork, say).
        """
        answer = b""
        if select.select([self._answer], [], [], _PATIENCE_SECONDS)[0]:
            with os.fdopen(os.dup(self._answer), "rb") as stream:
                answer = stream.read()
        else:
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._pid = 0
        try:
            index, tagsets, metrics, share = pickle.loads(answer)  # noqa: S301 - our own child's
        except (EOFError, pickle.UnpicklingError):
            return _read(self._path, self._stretch, SampleWriter(), lambda _: None)
        part = self._writer.finish()
        part.columns.adopt(index)
        return type(part)(part.columns, tagsets, metrics), share

    def stop(self) -> None:
        """End the process if it still runs."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
        os.close(self._answer)

    def _work(self, answer: int) -> NoReturn:
        code = 1
        try:
            part, share = _read(self._path, self._stretch, self._writer, lambda _: None)
            with os.fdopen(answer, "wb") as stream:
                pickle.dump((part.columns.index, part.tagsets, part.metrics, share), stream, -1)
            code = 0
        finally:
            os._exit(code)
