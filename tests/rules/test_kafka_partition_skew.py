"""Most messages and most lag in one partition; even partitions are another matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from tests.rules.served import BEGIN, SECOND, STAGE, Stage, findings, missing, served

if TYPE_CHECKING:
    from perfreport.rules import Case

RULE = "kafka-partition-skew"
QUIET = Stage(lag=5, consumed=50, produced=50, pool=20, active=3, borrowed=60, hold=0.04)
SURGE = Stage(lag=4500, consumed=60, produced=250, pool=20, active=4, borrowed=130, hold=0.02)


def partitioned(*stages: Stage, lag: float, rate: float) -> Case:
    """Two more partitions beside the one that the stages tell of."""
    times = BEGIN + np.arange(STAGE * len(stages) + 1, dtype=np.int64) * SECOND
    source = SourceRef("more.prom", "metric-series", clock=Clock(ClockKind.UTC))
    series = []
    for partition in ("1", "2"):
        group = (("group", "g"), ("partition", partition), ("topic", "t"))
        lags, ends = np.full(len(times), lag), 1000 + rate * np.arange(len(times))
        for signal, kind, labels, values in (
            ("kafka.consumer.group.lag", SignalKind.GAUGE, group, lags),
            ("kafka.topic.partition.offset", SignalKind.COUNTER, group[1:], ends),
        ):
            series.append(SignalSeries(signal, Part.VALUE, kind, Unit.COUNT, labels, times, values))
    return served(*stages, facts=(Signals(source, tuple(series), times),))


def test_fires_when_one_partition_takes_nearly_all() -> None:
    (finding,) = findings(RULE, partitioned(QUIET, SURGE, lag=2, rate=10))
    shares = [value for key, value in finding.whys[1].params if key == "share"]
    assert shares[0].value == pytest.approx(0.88, abs=0.02)


def test_fires_instead_of_a_slow_consumer() -> None:
    assert findings("kafka-consumer-slow", partitioned(QUIET, SURGE, lag=2, rate=10)) == ()


def test_silent_when_messages_are_even_and_a_consumer_is_stuck() -> None:
    assert findings(RULE, partitioned(QUIET, SURGE, lag=2, rate=150)) == ()


def test_silent_when_all_partitions_lag() -> None:
    assert findings(RULE, partitioned(QUIET, SURGE, lag=4000, rate=10)) == ()


def test_silent_for_a_topic_of_one_partition() -> None:
    assert findings(RULE, served(QUIET, SURGE)) == ()


def test_not_evaluated_without_lag() -> None:
    assert "need.kafka-signals" in missing(RULE, served(Stage()))
