"""A full producer buffer blocks requests; a used one, a bad record or slow consumers do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perfreport.model.applog import AppLog
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from perfreport.sources import ingest
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

RULE = "kafka-producer-blocked"
SAMPLE = Path(__file__).parents[2] / "samples" / "app-log-text" / "kafka-producer-timeouts.log"
MIB = 1024.0**2
TIMES = BEGIN + np.arange(21, dtype=np.int64) * SECOND


def producer(**levels: tuple[float, float]) -> Signals:
    """Signals of one producer, a level per stage of ten seconds; `unsent` is per second."""
    known = {
        "left": ("kafka.producer.buffer.available.bytes", Unit.BYTES),
        "total": ("kafka.producer.buffer.total.bytes", Unit.BYTES),
        "waiting": ("kafka.producer.waiting.threads", Unit.COUNT),
        "waited": ("kafka.producer.bufferpool.wait.ratio", Unit.RATIO),
        "latency": ("kafka.producer.request.latency.avg", Unit.SECONDS),
        "unsent": ("kafka.producer.record.error.total", Unit.COUNT),
        "sent": ("kafka.producer.record.send.total", Unit.COUNT),
    }
    series = []
    for name, stages in ({"total": (32 * MIB, 32 * MIB)} | levels).items():
        signal, unit = known[name]
        values = np.append(np.repeat(stages, 10), stages[-1]).astype(float)
        kind = SignalKind.COUNTER if name in {"unsent", "sent"} else SignalKind.GAUGE
        if kind is SignalKind.COUNTER:
            values = np.cumsum(np.concatenate([[0.0], values[:-1]]))
        labels = (("client_id", "p1"),)
        series.append(SignalSeries(signal, Part.VALUE, kind, unit, labels, TIMES, values))
    source = SourceRef("producer.prom", "metric-series", clock=Clock(ClockKind.UTC))
    return Signals(source, tuple(series), TIMES)


def run(*facts: Signals | AppLog, failed: int = 40):
    return served(Stage(), Stage(failed=failed), facts=facts)


def logged() -> AppLog:
    with ingest([str(SAMPLE)], None) as intake:
        (log,) = (fact for one in intake.runs for fact in one.of(AppLog))
    return log.shifted(BEGIN + 10 * SECOND - log.start_ns, log.source)


def test_fires_on_a_full_buffer_that_fails_messages() -> None:
    signals = producer(left=(30 * MIB, 2 * MIB), unsent=(0, 4), latency=(0.01, 0.2), sent=(100, 90))
    (finding,) = findings(RULE, run(signals))
    assert finding.summary.key.endswith("summary")
    assert dict(finding.summary.params)["unsent"] == 40
    assert finding.onset_ns == TIMES[10]
    assert finding.impact == 1.0
    assert [why.key.rpartition(".")[2] for why in finding.whys] == ["why-buffer", "why-broker"]


def test_fires_on_threads_that_wait_for_room() -> None:
    (finding,) = findings(RULE, run(producer(waiting=(0, 12)), failed=0))
    assert finding.summary.key.endswith("held")


def test_fires_on_the_clients_own_words_in_a_real_log() -> None:
    (finding,) = findings(RULE, run(logged()))
    assert finding.summary.key.endswith("logged")
    assert dict(finding.summary.params)["refused"] == 9  # 6 expired, 3 without metadata
    ((_, _, place),) = [
        row for row in finding.evidence[0].rows if row[0].key.endswith("producer-refused")
    ]
    lines = SAMPLE.read_text("utf-8").splitlines()
    assert "Failed to publish order event" in lines[place.line - 1]


def test_fires_with_the_burst_as_the_reason_where_the_broker_is_as_fast_as_before() -> None:
    signals = producer(left=(30 * MIB, MIB), waited=(0, 0.5), latency=(0.01, 0.011), sent=(9, 99))
    (finding,) = findings(RULE, run(signals))
    assert finding.whys[-1].key.endswith("why-burst")


@pytest.mark.parametrize(
    "signals",
    [
        producer(left=(30 * MIB, 3.3 * MIB), unsent=(0, 4)),  # just below nine tenths in use
        producer(left=(30 * MIB, 2 * MIB), unsent=(0, 0)),  # used and emptied again
        producer(left=(30 * MIB, 30 * MIB), unsent=(0, 4)),  # a record that is too large
        producer(left=(30 * MIB, 28 * MIB), waited=(0, 0.09), waiting=(0, 0)),
    ],
    ids=["just-below", "emptied-again", "bad-records", "hardly-waited"],
)
def test_silent(signals: Signals) -> None:
    assert findings(RULE, run(signals)) == ()


def test_silent_when_only_consumers_lag() -> None:
    lagging = served(
        Stage(lag=5, consumed=50, produced=50),
        Stage(lag=4500, consumed=60, produced=250),
        facts=(producer(left=(30 * MIB, 29 * MIB), unsent=(0, 0)),),
    )
    assert findings(RULE, lagging) == ()


def test_not_evaluated_without_producer_or_log() -> None:
    assert missing(RULE, served(Stage())) == ("need.producer-signals",)
