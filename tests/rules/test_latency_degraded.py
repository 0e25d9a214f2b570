"""Response times that rise with the load, or miss their target."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.made import nothing
from tests.rules.served import Stage, findings, missing, served

RULE = "latency-degraded"


def test_fires_when_p95_doubles() -> None:
    (finding,) = findings(RULE, served(Stage(p95=0.1), Stage(p95=0.25)))
    assert finding.summary.key.endswith("risen")


def test_fires_on_single_seconds_far_slower_than_the_others() -> None:
    case = served(Stage(p95=0.02), Stage(p95=0.02), Stage(p95=0.02))
    (line,) = case.measurements.timelines
    p99 = line.p99.copy()
    p99[::10] = 2.0
    measured = replace(case.measurements, timelines=(replace(line, p99=p99),))
    (finding,) = findings(RULE, replace(case, measurements=measured))
    assert dict(finding.summary.params)["high"].value == 2.0


def test_silent_just_below_twice() -> None:
    assert findings(RULE, served(Stage(p95=0.1), Stage(p95=0.19))) == ()


def test_silent_for_a_few_milliseconds() -> None:
    assert findings(RULE, served(Stage(p95=0.002), Stage(p95=0.012))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
