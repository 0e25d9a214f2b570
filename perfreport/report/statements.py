"""Which statements of a test are worth a reader's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.sql import top_statements
from perfreport.sqltext import Verb, verb_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.statement import StatementFigures

_LOOKED_AT = 50
_LEAST_SHARE = 0.01
_WORK = {Verb.SELECT, Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.REPLACE, Verb.CALL}
_SLOW = 0.01  # seconds
_BUSY = 0.05  # of one connection's time


def working(figures: Sequence[StatementFigures]) -> list[StatementFigures]:
    """Return those that work on rows and take a noticeable part of the statements' time."""
    return [
        one
        for one in top_statements(figures, limit=_LOOKED_AT)
        if one.share >= _LEAST_SHARE and verb_of(one.fingerprint) in _WORK
    ]


def is_heavy(one: StatementFigures, seconds: float) -> bool:
    """Whether it is slow by itself, or keeps a connection busy for a part of the test."""
    return one.mean >= _SLOW or one.total >= _BUSY * seconds
