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


def test_slow_consumers_are_asked_down_to_the_statement_of_one_record() -> None:
    with pipeline.read([str(SHOP / "PT-001")]) as intake:
        (run,) = intake.runs
        diagnosis = pipeline.analyze_run(run, load_thresholds(()), None).diagnosis
    (cause,) = [one for one in diagnosis.findings if one.role is Role.CAUSE]
    steps = [answer.key.rpartition(".")[2] for answer in cause.whys]
    assert steps == ["summary", "why-rates", "why-record", "why-statement", "why-singly"]
    # Three consumers at 59.5 records a second: 50.4 ms each, of which the insert takes 50.7 ms.
    record = dict(cause.whys[2].params)
    assert record["threads"] == 3
    assert record["each"].value == pytest.approx(3 / record["consumed"].value)
    assert record["each"].value == pytest.approx(0.0507, rel=0.02)


def test_the_reported_lag_is_the_highest_one_also_between_two_stages() -> None:
    with pipeline.read([str(SHOP / "PT-001")]) as intake:
        (run,) = intake.runs
        findings = pipeline.analyze_run(run, load_thresholds(()), None).diagnosis.findings
    (surge,) = [one for one in findings if one.rule == "kafka-lag-surge"]
    assert dict(surge.summary.params)["lag"] == 4518  # at 51 s, on the ramp after a stage


def test_symptoms_set_in_when_they_were_felt_not_when_their_phase_began() -> None:
    """The leak fills the pool 44 s into a steady load; nobody waits before."""
    with pipeline.read([str(SHOP / "LT-001")]) as intake:
        (run,) = intake.runs
        found = pipeline.analyze_run(run, load_thresholds(()), None)
    onsets = {
        one.rule: (one.onset_ns - found.phases.start_ns) / 1e9
        for one in found.diagnosis.findings
        if one.onset_ns is not None
    }
    assert onsets["connection-leak"] < 20
    assert onsets["pool-exhausted"] == pytest.approx(44, abs=1.5)
    assert onsets["latency-degraded"] == pytest.approx(46, abs=1.5)
    assert onsets["pool-exhausted"] <= onsets["errors-surge"] + 1
