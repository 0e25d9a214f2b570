"""Consumer lag grew beyond what polling in batches explains.

Symptom: lag of a consumer group worth several seconds of consuming.
Why it hurts: what users asked for happens late; if it never drains, it piles up.
How detected: highest lag over the highest consume rate seen is three seconds or more.
False positives: a slow topic whose batches arrive seldom.
Reference: Burrow, consumer lag evaluation rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.broker import LAG, consumers
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message
from perfreport.model.units import seconds
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

_WORTH = 10.0  # messages: fewer are one batch


def detect(case: Case) -> Iterator[Finding]:
    """Report the highest lag."""
    scene = Scene.of(case)
    found = consumers(scene)
    if found is None or not found.surged or found.lag_peak.value < _WORTH:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        role=Role.SYMPTOM,
        severity=Severity.HIGH,
        title=message("findings.kafka-lag-surge.title"),
        summary=message(
            "findings.kafka-lag-surge.summary",
            at=seconds(round((found.lag_peak_ns - scene.whole.start_ns) / 1e9)),
            lag=round(found.lag_peak.value),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.lag-peak"), found.lag_peak, None),
                (message("diagnosis.label.consume-rate"), found.consumed, None),
                (message("diagnosis.label.produce-rate"), found.produced, None),
            ),
        ),
        onset_ns=scene.onset(LAG, max(_WORTH, 0.1 * found.lag_peak.value)),
    )


PLUGIN = Rule(
    "kafka-lag-surge", Category.BOTTLENECK, (signal_need("need.kafka-signals", LAG),), detect
)
