"""An explained finding as lines of text for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.render.cells import spell_cell
from perfreport.render.medium import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.explanation import Account, Recomputed
    from perfreport.render.i18n import Catalogue

_WIDEST = 160


def explanation_lines(accounts: Sequence[Account], catalogue: Catalogue) -> Iterator[str]:
    """Spell findings with every figure, the place it is from and the raw samples or lines."""
    for account in accounts:
        yield catalogue.text(account.title)
        yield catalogue.text(account.summary)
        if account.thresholds_changed:
            yield catalogue.text("explain.thresholds-changed")
        if not account.summary_same:
            yield catalogue.text("explain.summary-differs")
        for figure in account.figures:
            yield ""
            yield from _figure(figure, catalogue)
        yield ""
        same = sum(one.verification.value == "same" for one in account.figures)
        yield catalogue.text("explain.verified", same=same, count=len(account.figures))


def _figure(figure: Recomputed, catalogue: Catalogue) -> Iterator[str]:
    key = f"explain.{figure.verification.value}"
    value = message("explain.plain", text=str(spell_cell(catalogue, figure.value)))
    yield catalogue.text(key, label=figure.label, value=value)
    if figure.place is not None:
        if figure.start_ns is not None and figure.end_ns is not None:
            start, end = _clock(figure.start_ns), _clock(figure.end_ns)
            said = catalogue.text("explain.window", place=figure.place, start=start, end=end)
        else:
            said = catalogue.text("explain.place", place=figure.place)
        yield f"  {said}"
    else:
        yield f"  {catalogue.text('explain.derived')}"
    for line in figure.lines:
        yield f"  {line.number:>7} | {one_line(line.text, _WIDEST)}"
    for sample in figure.samples:
        group = f"  {one_line(sample.group, _WIDEST)}" if sample.group else ""
        yield f"  {_clock(sample.time_ns)}  {sample.value:.6g}{group}"
    if figure.left_out:
        yield f"  {catalogue.text('explain.left-out', count=figure.left_out)}"


def _clock(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns / 1e9, UTC):%H:%M:%S.%f}"[:-3]
