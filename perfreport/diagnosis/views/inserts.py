"""Rows written one INSERT at a time: how many of them a transaction runs, and what they take.

A transaction is counted by its COMMIT. That more INSERTs ran than connections were taken from the
pool proves that they ran in a row on one connection; writers that take a connection for each row
wait for their rows apart from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.connection_time import HOLD, busiest, connection_time, worked
from perfreport.diagnosis.views.repetition import round_trip
from perfreport.sqltext import Verb, verb_of

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.diagnosis.views.connection_time import ConnectionTime
    from perfreport.model.statement import StatementFigures

_LEAST_PER_TRANSACTION = 4.0
_FEWEST_TRANSACTIONS = 20
_ONE_ROW = 1.05  # rows changed per execution; more is a batch


@dataclass(frozen=True, slots=True)
class Inserts:
    """The INSERT that takes most time of all that run row by row."""

    statement: StatementFigures
    per_transaction: float
    round_trip: float  # per statement, seconds
    spent: ConnectionTime
    share_of_held: float

    @property
    def each(self) -> float:
        """Seconds one INSERT holds its connection, its round trip included."""
        return self.statement.mean + self.round_trip


def inserts(scene: Scene) -> Inserts | None:
    """Look for INSERTs of one row each that run in a row; None where there are none."""
    figures = busiest(scene)
    commits = sum(one.count for one in figures if verb_of(one.fingerprint) is Verb.COMMIT)
    spent = connection_time(scene, scene.whole)
    taken = scene.value(HOLD, "rate")
    trip = round_trip(scene)
    if commits < _FEWEST_TRANSACTIONS or spent.held is None or spent.held.value <= 0:
        return None
    if trip is None or taken is None:
        return None
    found = [
        Inserts(one, one.count / commits, trip, spent, min(1.0, cost / spent.held.value))
        for one in figures
        if _row_by_row(one)
        and one.count >= _LEAST_PER_TRANSACTION * commits
        and one.count > taken * scene.whole.seconds
        and (cost := (worked(one) + trip * one.count) / scene.whole.seconds) > 0
    ]
    return max(found, key=lambda one: (one.share_of_held, one.statement.link), default=None)


def _row_by_row(one: StatementFigures) -> bool:
    changed = one.rows_affected
    return verb_of(one.fingerprint) is Verb.INSERT and changed is not None and changed <= _ONE_ROW
