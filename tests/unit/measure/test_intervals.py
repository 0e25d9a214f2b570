"""Confidence intervals cover what they promise, and say when they can't."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.measure import _intervals


@pytest.mark.parametrize(
    ("probability", "needed"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3688)]
)
def test_samples_needed_are_those_that_bound_the_percentile(
    probability: float, needed: int
) -> None:
    assert _intervals.samples_needed(probability) == needed
    assert probability**needed <= 0.025 < probability ** (needed - 1)
    ordered = np.arange(needed, dtype=np.float64)
    assert _intervals.of_percentile(ordered, probability) is not None
    assert _intervals.of_percentile(ordered[:-1], probability) is None


@pytest.mark.parametrize(
    # ranks by the binomial distribution, computed with scipy.stats.binom.cdf
    ("n", "probability", "low", "high"),
    [(100, 0.5, 40, 61), (100, 0.95, 90, 100), (1000, 0.99, 983, 997), (20, 0.5, 6, 15)],
)
def test_ranks_follow_the_binomial_distribution(
    n: int, probability: float, low: int, high: int
) -> None:
    ordered = np.arange(1, n + 1, dtype=np.float64)
    assert _intervals.of_percentile(ordered, probability) == (low, high)


def test_intervals_cover_the_true_percentile() -> None:
    random = np.random.default_rng(7)
    hits = 0
    for _ in range(1000):
        ordered = np.sort(random.exponential(size=400))
        found = _intervals.of_percentile(ordered, 0.95)
        assert found is not None
        hits += found[0] <= -np.log(0.05) <= found[1]
    assert 940 <= hits <= 990


def test_large_samples_use_the_normal_distribution_seamlessly() -> None:
    exact = np.array(_intervals._ranks(64_000, 0.99))
    normal = np.array(_intervals._ranks(66_000, 0.99)) * 64 / 66
    assert np.abs(exact - normal).max() < 3


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:
    found = _intervals.of_share(hits, n)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_no_samples_have_no_interval() -> None:
    assert _intervals.of_share(0, 0) is None
    assert _intervals.of_percentile(np.empty(0), 0.5) is None
