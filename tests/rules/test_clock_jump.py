"""Ticks never step back, unless the clock was set."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.judged import findings, level, missing
from tests.rules.made import Made, nothing, played, second_of

RULE = "clock-jump"


def set_back(nanoseconds: int) -> Made:
    run = played()
    rows = [
        (*row[:2], row[2] - (nanoseconds if second_of(row) > 15 else 0), row[3]) for row in run.rows
    ]
    return replace(run, rows=rows)


def test_fires_for_a_clock_set_back() -> None:
    assert level(RULE, set_back(2_000_000_000)) == "questionable"


def test_silent_for_drift() -> None:
    assert findings(RULE, set_back(400_000_000)) == ()


def test_not_evaluated_for_several_files() -> None:
    assert missing(RULE, replace(played(), paths=("a.json", "b.json"))) == (
        "validity.need.one-gauge",
    )
    assert "validity.need.samples" in missing(RULE, nothing())
