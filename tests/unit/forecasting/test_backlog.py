"""The fluid of records against hand calculation."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.forecasting.backlog import Arrivals, course, spread_evenly


def _surge(partitions: int = 2) -> Arrivals:
    """100 records a second for 20 s, then none."""
    return Arrivals(np.full(40, 100.0), 0.5, np.full(partitions, 1 / partitions))


def test_lag_grows_by_the_difference_and_is_worked_off() -> None:
    found = course(_surge(), rate=60.0, consumers=2, load_seconds=20.0, poll=0)
    assert found.lag_max == pytest.approx(20 * 40)
    assert found.drain == pytest.approx(800 / 60, abs=0.6)


def test_half_a_poll_per_consumer_is_not_committed_yet() -> None:
    found = course(_surge(), rate=60.0, consumers=2, load_seconds=20.0, poll=20)
    assert found.lag_max == pytest.approx(20 * 40 + 2 * 10)


def test_consumers_that_keep_up_have_nothing_to_drain() -> None:
    found = course(_surge(), rate=120.0, consumers=2, load_seconds=20.0, poll=20)
    assert (found.lag_max, found.drain) == (0.0, 0.0)


def test_partitions_that_do_not_divide_evenly_drain_later() -> None:
    even = course(_surge(3), rate=60.0, consumers=3, load_seconds=20.0, poll=0)
    uneven = course(_surge(4), rate=60.0, consumers=3, load_seconds=20.0, poll=0)
    assert even.drain is not None
    assert uneven.drain is not None
    assert uneven.drain > even.drain


def test_a_new_number_of_partitions_shares_evenly() -> None:
    found = spread_evenly(Arrivals(np.ones(4), 0.5, np.array([0.7, 0.3])), 4)
    assert found.shares.tolist() == [0.25] * 4
