"""The three real tests among the samples: each one's cause, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfreport import pipeline
from perfreport.grading import load_thresholds
from perfreport.model.finding import Role

SHOP = Path(__file__).parents[2] / "samples" / "ecommerce"
CAUSES = {
    "LT-001": ("connection-leak", "latency-degraded"),
    "PT-001": ("kafka-consumer-slow", "kafka-lag-surge"),
    "ST-001": ("row-lock-contention", "latency-degraded"),
}


@pytest.mark.parametrize("test_id", CAUSES)
def test_the_cause_and_nothing_beside_it(test_id: str) -> None:
    with pipeline.read([str(SHOP / test_id)]) as intake:
        (run,) = intake.runs
        diagnosis = pipeline.analyze_run(run, load_thresholds(()), None).diagnosis
    cause, felt = CAUSES[test_id]
    (found,) = [one for one in diagnosis.findings if one.role is Role.CAUSE]
    assert found.rule == cause
    first = next(one for one in diagnosis.findings if one.role is Role.SYMPTOM)
    assert first.rule == felt
    # The walk begins with what users feel and each symptom knows its cause.
    assert found.whys[0] == first.summary
    assert all(one.caused_by == (cause,) for one in diagnosis.findings if one.role is Role.SYMPTOM)
