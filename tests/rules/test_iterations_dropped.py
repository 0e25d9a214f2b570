"""Dropped iterations count from 0.5 %, and a handful never does."""

from __future__ import annotations

import pytest

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import dropped, nothing, played

RULE = "iterations-dropped"


@pytest.mark.parametrize(
    ("count", "expected"), [(4, "valid"), (13, "questionable"), (100, "invalid")]
)
def test_fires_by_share(count: int, expected: str) -> None:
    """600 iterations ran; 4, 13 and 100 more were dropped: 0.7 %, 2.1 %, 14 %."""
    run = played().with_rows(dropped([10.0 + number / 10 for number in range(count)]))
    assert level(RULE, run) == expected


def test_fires_with_the_numbers() -> None:
    """One sample may stand for many drops, as with shared iterations."""
    rows = [(*dropped([29.0])[0][:3], 47.0)]
    (finding,) = findings(RULE, played().with_rows(rows))
    assert figure(finding, "dropped") == 47
    assert figure(finding, "due") == 647


def test_silent_for_a_single_drop() -> None:
    assert findings(RULE, played().with_rows(dropped([12.0]))) == ()


def test_silent_without_drops() -> None:
    assert findings(RULE, played()) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
