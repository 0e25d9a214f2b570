"""The table of `perfreport inspect` for a terminal of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.message import Message, message
from perfreport.model.source import ClockKind
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.render.medium import PLAIN, one_line
from perfreport.report.inspection import iso_instant

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from perfreport.model.source import SourceRef
    from perfreport.render.i18n import Catalogue
    from perfreport.report.inspection import InspectedFile, Inspection

_WIDE = 110
_LONGEST_NOTE = 400


def show_inspection(inspection: Inspection, catalogue: Catalogue, console: Console) -> None:
    """Print a row per file, then notes and problems, then the tests found."""
    screen = _Screen(catalogue.within(PLAIN), console)
    screen.files(inspection)
    screen.remarks(inspection)
    screen.tests(inspection)


class _Screen:
    def __init__(self, catalogue: Catalogue, console: Console) -> None:
        self._catalogue = catalogue
        self._console = console

    def files(self, inspection: Inspection) -> None:
        wide = self._console.width >= _WIDE
        starts = [_start(file.ref) for file in inspection.files]
        days = {start[:10] for start in starts if start}
        table = self._table(wide=wide)
        for file in inspection.files:
            ref = file.ref
            unknown = ref.kind == "unknown"
            cells = [
                _place(ref),
                f"{ref.kind} ({ref.dialect})"
                if wide and ref.dialect not in {"", ref.kind}
                else ref.kind,
                "" if unknown else f"{ref.records:,}",
                f"{ref.skipped:,}" if ref.skipped else "",
                self._span(ref, with_day=len(days) > 1),
                "" if unknown else self._say(message(f"inspection.clock.{ref.clock.kind.value}")),
            ]
            if wide:
                cells.append(self._content(ref))
            table.add_row(*map(one_line, cells), style=_style(file))
        if len(days) == 1:
            self._print(message("inspection.day", day=next(iter(days))))
        self._console.print(table)

    def _table(self, *, wide: bool) -> Table:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        columns = ["file", "kind", "records", "skipped", "span", "clock"]
        for name in [*columns, "content"] if wide else columns:
            title = message(f"inspection.column.{name}")
            table.add_column(
                self._say(title),
                justify="right" if name in {"records", "skipped"} else "left",
                overflow="fold",
                no_wrap=name not in {"file", "content"},
            )
        return table

    def _span(self, ref: SourceRef, *, with_day: bool) -> str:
        """Start and length; a relative clock has a length only."""
        if ref.start_ns is None or ref.end_ns is None:
            return ""
        seconds = Quantity((ref.end_ns - ref.start_ns) / NS_PER_SECOND, Unit.SECONDS)
        length = self._catalogue.numbers().quantity(seconds)
        start = _start(ref)
        if start is None:
            return length
        shown = start[5:19].replace("T", " ") if with_day else start[11:19]
        return f"{shown} +{length}"

    def _content(self, ref: SourceRef) -> str:
        shown = [
            f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"
            for key, value in ref.summary
            if isinstance(value, str | int | float) and not isinstance(value, bool)
        ]
        return ", ".join(shown[:4])

    def remarks(self, inspection: Inspection) -> None:
        for file in inspection.files:
            reason = (file.ref.clock.reason,) if file.ref.clock.reason is not None else ()
            for note in (*file.ref.notes, *reason):
                self._remark(_place(file.ref), note, "")
            for problem in file.problems:
                self._remark(_place(file.ref), problem.message, "yellow")
        for problem in inspection.problems:
            self._remark(problem.path, problem.message, "yellow")

    def _remark(self, path: str, said: Message, style: str) -> None:
        from rich.padding import Padding
        from rich.text import Text

        text = Text(f"{one_line(path)}: {one_line(self._say(said), _LONGEST_NOTE)}", style=style)
        self._console.print(Padding(text, (0, 0, 0, 2)), soft_wrap=False)

    def tests(self, inspection: Inspection) -> None:
        names = inspection.tests
        said = (
            message("inspection.tests", count=len(names), names=names)
            if names
            else message("inspection.no-tests")
        )
        self._console.print()
        self._print(said)
        if inspection.unknown:
            self._print(message("inspection.unknown", count=inspection.unknown))

    def _print(self, said: Message) -> None:
        from rich.text import Text

        self._console.print(Text(self._say(said)))

    def _say(self, said: Message) -> str:
        return str(self._catalogue.text(said))


def _tells_more(ref: SourceRef) -> bool:
    return bool(ref.dialect) and ref.dialect != ref.kind


def _start(ref: SourceRef) -> str | None:
    """Start as an ISO time; None where the file's clock is not one of the day."""
    return None if ref.clock.kind is ClockKind.RELATIVE else iso_instant(ref.start_ns, zone=False)


def _place(ref: SourceRef) -> str:
    return ref.path if ref.lines is None else f"{ref.path}:{ref.lines[0]}-{ref.lines[1]}"


def _style(file: InspectedFile) -> str:
    if file.ref.kind == "unknown":
        return "dim"
    return "yellow" if file.problems else ""
