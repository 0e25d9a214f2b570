"""The generator is blamed only where its VUs could not do, and the system did not slow down."""

from __future__ import annotations

import numpy as np

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import Made, Row, dropped, nothing, played, scenario

RULE = "load-generator-bound"


def bound(latency: float | None = 1.0, vus: int = 10) -> Made:
    """20/s of iterations of 1 s need 20 VUs. With 10, every second one is dropped."""
    slow = (lambda second: 0.2 + second / 12) if latency is None else latency
    run = played(scenario(level=10), latency=slow, vus=vus)
    return run.with_rows(dropped([float(at) for at in np.arange(3.0, 30.0, 0.1)]))


def test_fires_where_vus_could_not_carry_the_rate() -> None:
    (finding,) = findings(RULE, bound())
    assert level(RULE, bound()) == "invalid"
    assert figure(finding, "limit") == 10
    assert 18 <= float(str(figure(finding, "needed"))) <= 22


def test_silent_where_the_system_slowed_down() -> None:
    """From 0.2 s to 2.7 s: the VUs ran out because the system got slow."""
    assert findings(RULE, bound(latency=None, vus=20)) == ()


def test_silent_where_vus_were_free() -> None:
    """k6 drops while it initialises VUs, long before it reaches its limit."""
    assert findings(RULE, bound(vus=60)) == ()


def test_silent_below_one_percent() -> None:
    def mostly_kept(row: Row) -> bool:
        return row[0] != "dropped_iterations" or row[2] % 10**10 < 10**8

    assert findings(RULE, bound().where(mostly_kept)) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
