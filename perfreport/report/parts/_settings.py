"""Settings of today that bear on one resource, each with the place where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.configuration import AppConfig, ComposeConfig
from perfreport.model.document import Grid
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report.phrases import limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.configuration import Setting
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.report._spec import Story

_MOST_ROWS = 20


def settings_grid(
    story: Story, names: tuple[str, ...], further: Sequence[tuple[Cell, ...]] = ()
) -> Sequence[Block]:
    """Show every setting whose name begins with one of `names`; `further` rows come first."""
    known: dict[tuple[str, str | None, str], Setting] = {}
    for one in _settings(story, names):  # the same value in several files is said once
        known.setdefault((one.key, one.profile, one.written), one)
    rows = [*dict.fromkeys(further), *(_row(one) for one in known.values())]
    if not rows:
        return ()
    headings = tuple(message(f"column.{name}") for name in ("setting", "value", "place"))
    return (limited(Grid(headings, tuple(rows)), _MOST_ROWS, message("order.given")),)


def _settings(story: Story, names: tuple[str, ...]) -> Iterator[Setting]:
    for test in story.tests:
        written = [one for fact in test.run.of(AppConfig) for one in fact.settings]
        written += [one for fact in test.run.of(ComposeConfig) for one in fact.settings]
        yield from (one for one in written if one.name.startswith(names))


def _row(one: Setting) -> tuple[Cell, ...]:
    return (one.key, _value(one), message("cell.place", path=one.path, line=one.line))


def _value(one: Setting) -> Cell:
    if isinstance(one.value, bool) or not isinstance(one.value, int | float):
        return one.written
    if one.unit is Unit.NONE:
        return one.value
    return Quantity(one.value, one.unit)
