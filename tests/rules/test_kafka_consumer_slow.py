"""Consumers that are slower than what arrives, by themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

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


def test_silent_when_the_pool_went_unseen_while_requests_suffered() -> None:
    starved = replace(SURGE, consumed=60, p95=3.0, pool=None, active=None)
    case = served(replace(QUIET, pool=None, active=None), starved)
    before = SignalSeries(
        "hikaricp.connections.active", Part.VALUE, SignalKind.GAUGE, Unit.COUNT,
        (("pool", "HikariPool-1"),), np.array([BEGIN - SECOND, BEGIN + 21 * SECOND]), np.zeros(2),
    )  # fmt: skip
    source = SourceRef("actuator", "metric-series", clock=Clock(ClockKind.UTC))
    facts = (*case.run.facts, Signals(source, (before,), before.times_ns))
    assert findings(RULE, replace(case, run=replace(case.run, facts=facts), cache={})) == ()
