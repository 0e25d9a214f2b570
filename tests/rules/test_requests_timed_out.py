"""Failed requests that end together just past a round time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.made import nothing
from tests.rules.served import Stage, findings, missing, served

RULE = "requests-timed-out"
PLAIN = Stage()
QUICK = ((0.03, False),) * 300


def ended(seconds: float, times: int, *, failed: bool = True) -> tuple[tuple[float, bool], ...]:
    return tuple((seconds + 0.0005 * (place % 40), failed) for place in range(times))


@pytest.mark.parametrize("limit", [0.5, 1.0, 1.5, 3.0, 10.0, 30.0])
def test_fires_just_past_a_round_value(limit: float) -> None:
    (finding,) = findings(RULE, served(PLAIN, took=(*QUICK, *ended(limit, 20))))
    assert dict(finding.summary.params)["limit"].value == limit
    assert finding.summary.key.endswith("unknown")


def test_tells_the_limit_of_the_pool() -> None:
    waiting = Stage(pool=10, active=10, pending=5, timeouts=2, borrowed=10, hold=1.0)
    (finding,) = findings(RULE, served(waiting, took=(*QUICK, *ended(3.0, 20))))
    assert finding.summary.key.endswith("pool")


def test_tells_the_limit_of_a_call() -> None:
    calling = Stage(call=0.02, calls=30, cut_off=3.01, cut=2)
    (finding,) = findings(RULE, served(calling, took=(*QUICK, *ended(3.0, 20))))
    assert finding.summary.key.endswith("call")


def test_silent_for_fewer_than_ten() -> None:
    assert findings(RULE, served(PLAIN, took=(*QUICK, *ended(3.0, 9)))) == ()


def test_silent_where_they_succeed() -> None:
    assert findings(RULE, served(PLAIN, took=(*QUICK, *ended(3.0, 20, failed=False)))) == ()


def test_silent_where_response_times_spread() -> None:
    spread = tuple((2.0 + place / 100, True) for place in range(200))
    assert findings(RULE, served(PLAIN, took=(*QUICK, *spread))) == ()


def test_silent_beside_a_round_value() -> None:
    assert findings(RULE, served(replace(PLAIN), took=(*QUICK, *ended(3.4, 20)))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
