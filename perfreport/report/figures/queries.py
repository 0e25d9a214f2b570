"""Which statements took the database's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.sql import statements
from perfreport.model.figure import Bar, BarChart, BarPanel
from perfreport.model.message import message
from perfreport.model.statement import StatementOrigin
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import FigurePlan
from perfreport.report.phrases import name_of
from perfreport.report.statements import is_heavy, working

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.statement import StatementFigures

_MOST = 5
_LEAST_REST = 0.01


def _build(test: TestAnalysis) -> BarChart | None:
    top = working(statements(test.run, test.phases))[:_MOST]
    if not any(is_heavy(one, test.measurements.seconds) for one in top):
        return None
    origin = top[0].origin
    if origin is StatementOrigin.DIGEST_LIFETIME:
        return None
    panel = BarPanel(message(f"figure.queries.of.{origin.value}"), Unit.RATIO, tuple(_bars(top)))
    alt = message(
        "figure.queries.alt",
        test=name_of(test.grade),
        share=top[0].share,
        total=Quantity(top[0].total, Unit.SECONDS),
    )
    title = message("figure.queries.title", test=name_of(test.grade))
    return BarChart("queries", title, alt, (panel,))


def _bars(top: Sequence[StatementFigures]) -> Iterator[Bar]:
    for one in top:
        told = message(
            "figure.queries.told",
            share=one.share,
            mean=Quantity(one.mean, Unit.SECONDS),
            count=one.count,
        )
        name = message("report.as-code", text=one.fingerprint)
        yield Bar(name, one.share, told, strong=True)
    rest = 1 - sum(one.share for one in top)
    if rest >= _LEAST_REST:
        yield Bar(message("figure.queries.rest"), rest, message("figure.queries.share", share=rest))


PLUGIN = FigurePlan("queries", 40, _build)
