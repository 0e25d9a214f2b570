"""The statements that took most of the database's time: figures, likely causes, where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.sql import hypotheses, repeated_statements, statements
from perfreport.model.document import Bullet, Bullets, Paragraph, Style
from perfreport.model.message import Message, message
from perfreport.model.statement import StatementOrigin
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import name_of
from perfreport.report.statements import is_heavy, working

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.message import Param
    from perfreport.model.statement import IndexHypothesis, Repetition, StatementFigures

_MOST = 5
_LOCKED = 0.3  # of the time
_SCANNED = 0.5  # of the executions
_WASTED = 20.0  # rows read for one that is used
_FEWEST_ROWS = 1_000.0


def _build(story: Story) -> Sequence[Block]:
    blocks: list[Block] = []
    for test in story.tests:
        figures = statements(test.run, test.phases)
        known = working(figures)
        if not known:
            continue
        covered = message(f"part.database-queries.covers.{known[0].origin.value}")
        top = [one for one in known if is_heavy(one, test.measurements.seconds)][:_MOST]
        if not top:
            covered = _none(known[0])
        if len(story.tests) > 1:
            covered = message("part.summary.of-test", test=name_of(test.grade), said=covered)
        blocks.append(Paragraph((covered,)))
        if top:
            blocks.append(Bullets(tuple(_bullets(test, figures, top)), numbered=True))
    return blocks


def _none(heaviest: StatementFigures) -> Message:
    mean, total = (Quantity(value, Unit.SECONDS) for value in (heaviest.mean, heaviest.total))
    return message("part.database-queries.none", mean=mean, count=heaviest.count, total=total)


def _bullets(
    test: TestAnalysis, figures: Sequence[StatementFigures], top: Sequence[StatementFigures]
) -> Iterator[Bullet]:
    indexes = {one.fingerprint: one for one in hypotheses(figures)}
    whole = test.measurements.slice_of()
    requests = whole.requests if whole is not None else 0
    loops = {one.link: one for one in repeated_statements(test.run, test.phases, figures, requests)}
    logged = {one.link: one for one in figures if one.origin is StatementOrigin.SLOW_LOG}
    for one in top:
        slow = logged.get(one.link)
        details = [_figures(one), *_causes(one, slow, loops.get(one.link))]
        index = indexes.get(one.fingerprint) or (slow and indexes.get(slow.fingerprint))
        if index:
            details.append(_index(index))
        details += _places(one, slow)
        text = message("part.database-queries.statement", sql=one.fingerprint)
        yield Bullet(text, details=tuple(details))


def _figures(one: StatementFigures) -> Message:
    shown: dict[str, Param] = {
        "mean": Quantity(one.mean, Unit.SECONDS),
        "total": Quantity(one.total, Unit.SECONDS),
        "count": one.count,
        "share": one.share,
    }
    if one.longest is None:
        return message("part.database-queries.figures", **shown)
    longest = Quantity(one.longest, Unit.SECONDS)
    return message("part.database-queries.figures-longest", longest=longest, **shown)


def _causes(
    one: StatementFigures, slow: StatementFigures | None, loop: Repetition | None
) -> Iterator[Message]:
    logged = slow or one
    waited, total = logged.row_lock_wait, logged.total
    if waited and total and waited / total >= _LOCKED:
        key = "part.database-queries.cause.row-lock"
        yield message(key, count=logged.count, share=min(waited / total, 1.0))
    ratio = one.examined_per_row
    if ratio and ratio >= _WASTED and (one.rows_examined or 0.0) >= _FEWEST_ROWS:
        yield message(
            "part.database-queries.cause.rows",
            examined=round(one.rows_examined or 0.0),
            useful=round((one.rows_sent or 0.0) + (one.rows_affected or 0.0), 1),
        )
    elif one.full_scans and one.full_scans / one.count >= _SCANNED:
        yield message("part.database-queries.cause.scan", share=one.full_scans / one.count)
    if one.tmp_disk_tables:
        yield message("part.database-queries.cause.tmp-disk", count=one.tmp_disk_tables)
    if loop is not None:
        key = f"part.database-queries.cause.loop-{loop.unit}"
        yield message(key, times=loop.per_unit)


def _index(index: IndexHypothesis) -> Message:
    if not index.columns:
        return message("part.database-queries.wrapped", columns=index.wrapped, table=index.table)
    columns = tuple(one.column for one in index.columns)
    return message("part.database-queries.index", table=index.table, columns=", ".join(columns))


def _places(one: StatementFigures, slow: StatementFigures | None) -> Iterator[Message]:
    """Where to look it up: in the slow log if it is there, for that shows plans and times."""
    place = (slow or one).provenance
    if place is None:
        return
    if place.line is None:
        yield message("part.database-queries.file", path=place.path)
    else:
        yield message("part.database-queries.line", path=place.path, line=place.line)


PLUGIN = Part(
    "database-queries",
    "database",
    20,
    message("part.database-queries.title"),
    Style.LABEL,
    _build,
)
