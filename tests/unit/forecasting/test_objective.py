"""The throughput that still meets the target, by hand."""

from __future__ import annotations

import pytest

from perfreport.forecasting.objective import Served, at_objective

STAGES = [Served(50.0, 0.1), Served(100.0, 0.2), Served(120.0, 0.6)]


def test_the_target_is_crossed_on_the_line_between_two_stages() -> None:
    found = at_objective(STAGES, 0.3)
    assert found is not None
    assert found.rate == pytest.approx(105.0)
    assert not found.beyond


def test_a_target_never_crossed_leaves_the_limit_open() -> None:
    found = at_objective(STAGES, 1.0)
    assert found is not None
    assert (found.rate, found.beyond) == (120.0, True)


def test_a_target_never_met_has_no_throughput() -> None:
    assert at_objective(STAGES, 0.05) is None
