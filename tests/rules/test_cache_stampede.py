"""Bursts of misses that move the pool."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "cache-stampede"
BURST = (30.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
LOADED = (18.0, 20.0, 12.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


def stage(misses: tuple[float, ...], actives: tuple[float, ...]) -> Stage:
    return Stage(pool=20, misses=misses, actives=actives, borrowed=30, hold=0.05)


def test_fires_when_bursts_of_misses_fill_the_pool() -> None:
    (finding,) = findings(RULE, served(*[stage(BURST, LOADED)] * 3))
    period = next(v for k, v in finding.whys[-1].params if k == "period")
    assert abs(period.value - 10) < 1


def test_silent_when_misses_are_cheap() -> None:
    assert findings(RULE, served(*[stage(BURST, (1.0,) * 10)] * 3)) == ()


def test_silent_for_a_single_warm_up() -> None:
    quiet = stage((0.0,) * 10, (1.0,) * 10)
    assert findings(RULE, served(stage(BURST, LOADED), quiet, quiet)) == ()


def test_not_evaluated_without_cache_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.pool-signals", "need.cache-signals")


def test_not_evaluated_where_bursts_fall_between_scrapes() -> None:
    case = served(*[stage(BURST, LOADED)] * 3, every=10)
    assert missing(RULE, case) == ("need.closer-samples",)
