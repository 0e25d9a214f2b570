"""Response times that rise with the load, or miss their target."""

from __future__ import annotations

from tests.rules.made import nothing
from tests.rules.served import Stage, findings, missing, served

RULE = "latency-degraded"


def test_fires_when_p95_doubles() -> None:
    (finding,) = findings(RULE, served(Stage(p95=0.1), Stage(p95=0.25)))
    assert finding.summary.key.endswith("risen")


def test_silent_just_below_twice() -> None:
    assert findings(RULE, served(Stage(p95=0.1), Stage(p95=0.19))) == ()


def test_silent_for_a_few_milliseconds() -> None:
    assert findings(RULE, served(Stage(p95=0.002), Stage(p95=0.012))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
