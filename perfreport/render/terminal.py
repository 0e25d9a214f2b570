"""What the commands show on a terminal: progress, summary, inspection, mistakes, errors."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from perfreport.errors import PerfReportError
    from perfreport.model.message import Message
    from perfreport.model.report import Report
    from perfreport.model.run import Intake
    from perfreport.render.i18n import Catalogue

# Below this a run is over before a bar could be read.
_WORTH_A_BAR = 16 << 20


def show(
    report: Report,
    catalogue: Catalogue,
    written: Sequence[Path],
    *,
    to_stderr: bool = False,
    without_charts: bool = False,
) -> None:
    """Print the summary of a report; `without_charts`: say how to get the missing ones."""
    from perfreport.render.formats import console

    console.show(report, catalogue, _console(to_stderr=to_stderr), written)
    if without_charts:
        said = catalogue.text(message("console.without-charts"))
        _write(sys.stderr if to_stderr else sys.stdout, [said])


def show_intake(intake: Intake, catalogue: Catalogue) -> None:
    """Print what each file was taken for."""
    from perfreport.render.inspection import show_inspection
    from perfreport.report.inspection import inspect

    show_inspection(inspect(intake), catalogue, _console(to_stderr=False))


def say(said: Sequence[Message], catalogue: Catalogue) -> None:
    """Print sentences to standard output, one line each."""
    _write(sys.stdout, [catalogue.text(one) for one in said])


def explain(error: PerfReportError, catalogue: Catalogue) -> None:
    """Print to standard error what went wrong, and how to mend it."""
    hint = () if error.hint is None else (error.hint,)
    _write(sys.stderr, [catalogue.text(one) for one in (error.message, *error.details, *hint)])


@contextmanager
def progress(catalogue: Catalogue, *, shown: bool) -> Iterator[ReadingProgress]:
    """A bar on standard error with bytes and time left; none where nobody looks."""
    reading = ReadingProgress(catalogue, shown=shown and sys.stderr.isatty())
    try:
        yield reading
    finally:
        reading.close()


class ReadingProgress:
    """Draws the bar once it is known to be worth one."""

    def __init__(self, catalogue: Catalogue, *, shown: bool) -> None:
        self._catalogue = catalogue
        self._shown = shown
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def total(self, size: int) -> None:
        """Announce the size of everything to be read, in bytes as stored."""
        if not self._shown or size < _WORTH_A_BAR:
            return
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=_console(to_stderr=True),
            transient=True,
        )
        reading = self._catalogue.text(message("console.reading"))
        self._task = self._bar.add_task(str(reading), total=size)
        self._bar.start()

    def advance(self, size: int) -> None:
        """Announce that `size` more bytes have been read."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, size)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _console(*, to_stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=to_stderr, highlight=False, markup=False, emoji=False)


def _write(stream: object, lines: Sequence[str]) -> None:
    """Write UTF-8 whatever the code page of the terminal says."""
    buffer = stream.buffer  # type: ignore[attr-defined]
    buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    buffer.flush()
