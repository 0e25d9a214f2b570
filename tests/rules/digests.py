"""Statement digests before and after a made-up run."""

from __future__ import annotations

from dataclasses import dataclass

from perfreport.model.source import SourceRef
from perfreport.model.sql import DigestRow, StatementDigest
from tests.rules.served import BEGIN, SECOND


@dataclass(frozen=True)
class Ran:
    """A statement: how often it ran in the load, how long each time, what it read and sent."""

    text: str
    times: int
    seconds: float
    sent: float = 1.0
    examined: float = 1.0
    changed: float | None = None


def digests(*statements: Ran, length: int = 20) -> tuple[StatementDigest, StatementDigest]:
    """Two cumulative dumps around `length` seconds in which the statements ran."""
    return (
        _dump("before.tsv", BEGIN, 1, statements),
        _dump("after.tsv", BEGIN + length * SECOND, 2, statements),
    )


def _dump(name: str, at: int, runs: int, statements: tuple[Ran, ...]) -> StatementDigest:
    rows = tuple(
        DigestRow(
            "shop", f"d{place}", one.text, f"l{place}", runs * one.times,
            runs * one.times * one.seconds, rows_examined=round(runs * one.times * one.examined),
            rows_sent=round(runs * one.times * one.sent), no_index_used=0,
            rows_affected=None if one.changed is None else round(runs * one.times * one.changed),
            first_seen_ns=BEGIN,
            last_seen_ns=at, line=place + 2,
        )
        for place, one in enumerate(statements)
    )  # fmt: skip
    return StatementDigest(SourceRef(name, "statement-digest"), rows, at)
