"""Failures of the load generator itself are told apart from the system's."""

from __future__ import annotations

import pytest

from tests.rules.judged import findings, level, missing
from tests.rules.made import Made, iteration, nothing, played

RULE = "load-generator-errors"
PORTS = "dial: cannot assign requested address"


def failing(count: int, error: str) -> Made:
    rows = [
        row
        for number in range(count)
        for row in iteration(
            10 + number / 50,
            10.01 + number / 50,
            "order",
            error=error,
            status="0",
            expected_response="false",
        )
    ]
    return played().with_rows(rows)


@pytest.mark.parametrize(("count", "expected"), [(3, "questionable"), (60, "invalid")])
def test_fires_by_share(count: int, expected: str) -> None:
    assert level(RULE, failing(count, PORTS)) == expected


def test_silent_for_errors_of_the_system() -> None:
    assert findings(RULE, failing(60, "dial: connection refused")) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
