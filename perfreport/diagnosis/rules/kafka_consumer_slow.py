"""Consumers process fewer messages than arrive, at a rate of their own.

Symptom: lag grows while messages arrive faster than they are consumed.
Why it hurts: what was promised to users happens minutes later; lag only drains after the load.
How detected: the highest arrival rate is above the consume rate by a quarter, consumers keep
their rate while they are behind (concurrency / time per record), and connections were to be had.
False positives: consumers that starve for connections slow down with the pool: there lag is a
consequence of the pool; where nothing tells of the pool, requests that suffer as well refute
this. A rebalance stops consumers for a while.
Reference: Burrow; Kafka consumer, max.poll.records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.rules import errors_surge, latency_degraded
from perfreport.diagnosis.rules.kafka_partition_skew import skewed
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.broker import CONSUMED, LAG, PRODUCED, consumers
from perfreport.diagnosis.views.pool import pool
from perfreport.diagnosis.views.processors import processors
from perfreport.diagnosis.views.records import record_time
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import per_second, seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.broker import Consumers
    from perfreport.diagnosis.views.records import RecordTime
    from perfreport.model.message import Message
    from perfreport.rules import Case

_FASTER = 1.25
_STEADY = 0.5
_WORTH = 10.0


def detect(case: Case) -> Iterator[Finding]:
    """Report the rates in and out, and how far consumers fell behind."""
    scene = Scene.of(case)
    found = consumers(scene)
    if found is None or not found.surged or found.lag_peak.value < _WORTH:
        return
    if found.consumed is None or found.produced is None or found.behind is None:
        return
    if found.produced.value < _FASTER * found.consumed.value:
        return
    starving = pool(scene)
    seen = starving is not None and starving.seen_in(found.late)
    if starving is not None and starving.exhausted:
        return
    if not seen and _may_starve(case):
        return
    if processors(scene, found.worst).saturated or skewed(scene) is not None:
        return
    record = record_time(scene, found)
    statement = None if record is None else record.statement
    steady = found.steadiness is not None and found.steadiness >= _STEADY
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.kafka-consumer-slow.title"),
        summary=message(
            "findings.kafka-consumer-slow.summary",
            produced=per_second(found.produced.value),
            consumed=per_second(found.consumed.value),
            lag=round(found.lag_peak.value),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.lag-peak"), found.lag_peak, None),
                (message("diagnosis.label.produce-rate"), found.produced, None),
                (message("diagnosis.label.consume-rate"), found.consumed, None),
                (message("diagnosis.label.seconds-behind"), seconds(found.behind), None),
                (
                    message("diagnosis.label.record-time"),
                    None if record is None else seconds(record.each),
                    found.consumed.provenance,
                ),
                (
                    message("diagnosis.label.statement"),
                    None if statement is None else statement.fingerprint,
                    None if statement is None else statement.provenance,
                ),
                (
                    message("diagnosis.label.statement-mean"),
                    None if statement is None else seconds(statement.mean),
                    None if statement is None else statement.provenance,
                ),
                (
                    message("diagnosis.label.pool-active"),
                    None if starving is None else starving.whole.active_peak,
                    None,
                ),
            ),
        ),
        confidence=0.9 if steady and seen else 0.7,
        impact=min(1.0, 1 - found.consumed.value / found.produced.value),
        onset_ns=scene.onset(LAG, max(_WORTH, 0.1 * found.lag_peak.value)),
        whys=_whys(found, record),
        remedies=(message("findings.kafka-consumer-slow.remedy"),),
    )


def _may_starve(case: Case) -> bool:
    """Whether requests suffer too, where nothing tells of the pool they share with consumers."""
    felt = (latency_degraded.detect(case), errors_surge.detect(case))
    return any(True for findings in felt for _ in findings)


def _whys(found: Consumers, record: RecordTime | None) -> tuple[Message, ...]:
    if found.produced is None or found.consumed is None:
        return ()
    consumed = per_second(found.consumed.value)
    answers = [
        message(
            "findings.kafka-consumer-slow.why-rates",
            produced=per_second(found.produced.value),
            consumed=consumed,
        )
    ]
    if record is None:
        answers.append(message("findings.kafka-consumer-slow.why-flat", consumed=consumed))
        return tuple(answers)
    answers.append(
        message(
            "findings.kafka-consumer-slow.why-record",
            threads=record.threads,
            each=seconds(record.each),
            consumed=consumed,
        )
    )
    if record.statement is not None:
        answers.append(
            message(
                "findings.kafka-consumer-slow.why-statement",
                statement=record.statement.fingerprint,
                mean=seconds(record.statement.mean),
            )
        )
    if record.singly:
        answers.append(message("findings.kafka-consumer-slow.why-singly"))
    return tuple(answers)


PLUGIN = Rule(
    "kafka-consumer-slow",
    Category.BOTTLENECK,
    (
        signal_need("need.kafka-signals", LAG),
        signal_need("need.kafka-rates", CONSUMED, PRODUCED),
    ),
    detect,
)
