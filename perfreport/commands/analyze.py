"""`perfreport analyze`: read, judge, write the report, tell the verdict."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.grade import FailOn
from perfreport.model.message import message
from perfreport.render import charts_for, charts_missed, find_formats, terminal
from perfreport.render.i18n import Catalogue
from perfreport.render.output import write, write_companions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perfreport.errors import ExitCode
    from perfreport.model.figure import Charts
    from perfreport.model.report import Companion


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for; `stdout` names the one format to print instead of writing files."""

    paths: Sequence[str]
    output: Path
    formats: Sequence[str]
    stdout: str | None = None
    test: str | None = None
    thresholds: Sequence[Path] = ()
    templates: Path | None = None
    fail_on: FailOn = FailOn.FAIL
    charts: Charts | None = None
    companions: Sequence[Companion] = ()
    lang: str = "ko"
    quiet: bool = False


def run(asked: Request) -> ExitCode:
    """Write what was asked for and return the gate's exit code.

    Raises:
        PerfReportError: wrong usage, or an input or output that can't be used.
    """
    words = Catalogue(asked.lang, asked.templates)
    files = asked.stdout is None
    chosen = find_formats([asked.stdout] if asked.stdout else asked.formats)
    if not files and asked.companions and chosen[0].readable:
        raise UsageError(message("error.companion-on-stdout"), message("hint.companion-on-stdout"))
    # Last, for it is heavy: a wrong option must be answered at once.
    from perfreport import pipeline

    with terminal.progress(words, shown=not asked.quiet) as progress:
        report = pipeline.analyze(
            asked.paths,
            thresholds=asked.thresholds,
            test_id=asked.test,
            fail_on=asked.fail_on,
            charts=charts_for(asked.charts, chosen, files=files),
            companions=asked.companions,
            progress=progress,
        )
    written: list[Path] = []
    if files:
        for fmt in chosen:
            if fmt.file_name:
                written.append(write(fmt, report, words, asked.output))
                written += write_companions(fmt, report, words, asked.output)
    else:
        text = chosen[0].render(report, words)
        sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        sys.stdout.buffer.flush()
    if not asked.quiet:
        missed = charts_missed(asked.charts, chosen, files=files)
        terminal.show(report, words, written, to_stderr=not files, without_charts=missed)
    return report.exit_code
