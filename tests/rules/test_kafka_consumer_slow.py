"""Consumers that are slower than what arrives, by themselves."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "kafka-consumer-slow"
QUIET = Stage(lag=5, consumed=50, produced=50, pool=20, active=3, borrowed=60, hold=0.04)
SURGE = Stage(lag=4500, consumed=60, produced=250, pool=20, active=4, borrowed=130, hold=0.02)


def test_fires_when_more_arrives_than_is_consumed() -> None:
    (finding,) = findings(RULE, served(QUIET, SURGE))
    assert finding.confidence >= 0.9


def test_silent_when_consumers_keep_up() -> None:
    assert (
        findings(RULE, served(QUIET, Stage(lag=100, consumed=240, produced=250, pool=20, active=4)))
        == ()
    )


def test_silent_when_consumers_starve_for_connections() -> None:
    starved = Stage(
        lag=700, consumed=5, produced=25, pool=2, active=2, pending=80, borrowed=70, hold=0.028,
        acquire=1.0,
    )  # fmt: skip
    easy = Stage(lag=5, consumed=20, produced=20, pool=2, active=1, borrowed=40, hold=0.022)
    assert findings(RULE, served(easy, starved)) == ()


def test_not_evaluated_without_lag() -> None:
    assert "need.kafka-signals" in missing(RULE, served(Stage()))
