"""Lag beyond what polling explains."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "kafka-lag-surge"


def test_fires_when_lag_is_many_seconds_of_consuming() -> None:
    quiet = Stage(lag=5, consumed=60, produced=60)
    (finding,) = findings(RULE, served(quiet, Stage(lag=4500, consumed=60, produced=250)))
    assert dict(finding.summary.params)["lag"] == 4500


def test_silent_within_a_few_polls() -> None:
    assert findings(RULE, served(Stage(lag=100, consumed=60, produced=60))) == ()


def test_not_evaluated_without_lag() -> None:
    assert missing(RULE, served(Stage())) == ("need.kafka-signals",)
