"""One partition takes most of the messages: the other consumers of the group can't help.

Symptom: lag in one partition while the others stay near zero.
Why it hurts: a partition has one consumer, so the topic is as fast as that one consumer, whatever
the number of partitions.
How detected: of at least three partitions one got most of the messages of the load (growth of its
end offset) and holds most of the lag; consumers had connections.
False positives: a consumer that is stuck on an evenly filled partition: there the messages are
not skewed, and nothing is said.
Reference: Kafka, partitioner and record keys; Burrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.broker import LAG, consumers
from perfreport.diagnosis.views.pool import pool
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.source import Provenance
from perfreport.model.units import count, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

END = "kafka.topic.partition.offset"
PARTITION_LAG = "kafka.consumer.group.lag"
_FEWEST_PARTITIONS = 3
_MOST_MESSAGES = 0.6
_MOST_LAG = 0.8
_WORTH = 10.0


@dataclass(frozen=True, slots=True)
class _Skew:
    topic: str
    partition: str
    partitions: int
    messages: float  # share of the topic's messages in the load
    lag: float  # share of the topic's lag over the load


def detect(case: Case) -> Iterator[Finding]:
    """Report the partition that took most of its topic."""
    scene = Scene.of(case)
    found = consumers(scene)
    if found is None or not found.surged or found.lag_peak.value < _WORTH:
        return
    starving = pool(scene)
    if starving is not None and starving.exhausted:
        return
    skew = skewed(scene)
    if skew is None:
        return
    window = scene.whole
    offsets = Provenance(END, start_ns=window.start_ns, end_ns=window.end_ns)
    lags = Provenance(PARTITION_LAG, start_ns=window.start_ns, end_ns=window.end_ns)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.kafka-partition-skew.title"),
        summary=message(
            "findings.kafka-partition-skew.summary",
            topic=skew.topic,
            partition=skew.partition,
            partitions=skew.partitions,
            share=share(skew.messages),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.lag-peak"), found.lag_peak, None),
                (message("diagnosis.label.partitions"), count(skew.partitions), offsets),
                (message("diagnosis.label.partition-messages"), share(skew.messages), offsets),
                (message("diagnosis.label.partition-lag"), share(skew.lag), lags),
            ),
        ),
        confidence=0.9,
        impact=skew.lag,
        onset_ns=scene.onset(LAG, max(_WORTH, 0.1 * found.lag_peak.value)),
        subject=skew.topic,
        whys=(
            message(
                "findings.kafka-partition-skew.why-lag",
                partition=skew.partition,
                share=share(skew.lag),
            ),
            message(
                "findings.kafka-partition-skew.why-messages",
                partition=skew.partition,
                share=share(skew.messages),
            ),
        ),
        remedies=(message("findings.kafka-partition-skew.remedy"),),
    )


def skewed(scene: Scene) -> _Skew | None:
    """The topic whose messages and lag lie in one partition; None where they don't."""
    came = _by_topic(scene, END)
    behind = _by_topic(scene, PARTITION_LAG)
    for topic, parts in came.items():
        total = sum(parts.values())
        if len(parts) < _FEWEST_PARTITIONS or total <= 0:
            continue
        partition, most = max(parts.items(), key=lambda entry: entry[1])
        lags = behind.get(topic, {})
        lag = sum(lags.values())
        part = lags.get(partition, 0.0) / lag if lag > 0 else 0.0
        if most / total >= _MOST_MESSAGES and part >= _MOST_LAG:
            return _Skew(topic, partition, len(parts), most / total, part)
    return None


def _by_topic(scene: Scene, signal: str) -> dict[str, dict[str, float]]:
    """Per topic and partition: growth of an offset, or the mean lag, over the load."""
    found: dict[str, dict[str, float]] = {}
    window = scene.whole
    for one in scene.signals.by_signal.get(signal, ()):
        topic, partition = one.label("topic"), one.label("partition")
        inside = (one.times_ns >= window.start_ns) & (one.times_ns < window.end_ns)
        values = one.values[inside]
        values = values[np.isfinite(values)]
        if topic is None or partition is None or not len(values):
            continue
        figure = values[-1] - values[0] if signal == END else values.mean()
        parts = found.setdefault(topic, {})
        parts[partition] = max(parts.get(partition, 0.0), float(figure))
    return found


PLUGIN = Rule(
    "kafka-partition-skew",
    Category.BOTTLENECK,
    (
        signal_need("need.kafka-signals", LAG),
        signal_need("need.kafka-rates", END),
    ),
    detect,
)
