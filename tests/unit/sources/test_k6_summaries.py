"""k6's own words are taken over as k6 means them, in base units and without secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfreport.model.load import Contains, LoadSummary, MetricType
from perfreport.sources import ingest

SAMPLES = Path(__file__).parents[3] / "samples"


def summary_of(path: Path) -> LoadSummary:
    with ingest([str(path)]) as intake:
        (run,) = intake.runs
        (summary,) = run.of(LoadSummary)
        return summary


def values(summary: LoadSummary, name: str) -> dict[str, float | None]:
    return next(dict(metric.values) for metric in summary.metrics if metric.name == name)


def test_handle_summary_in_base_units() -> None:
    summary = summary_of(SAMPLES / "k6-summary" / "order-load-1.1.json")
    assert summary.seconds == 18.028606975
    durations = values(summary, "http_req_duration")
    assert durations["max"] == pytest.approx(0.200293026, rel=1e-12)
    assert durations["count"] == 1243  # a count is no time
    assert values(summary, "data_sent") == {"count": 137611, "rate": 7632.924728506375}
    failed = values(summary, "http_req_failed")
    assert (failed["passes"], failed["fails"]) == (129, 1114)  # "passes" are failed requests


def test_both_forms_of_a_summary_say_the_same() -> None:
    """`--summary-export` flips thresholds (true: crossed) and calls a rate's rate "value"."""
    for name in ("order-load-1.1.json", "thresholds-2.2.json"):
        full = summary_of(SAMPLES / "k6-summary" / name)
        flat = summary_of(SAMPLES / "k6-summary-export" / name)
        assert {(t.metric, t.expression, t.ok) for t in full.thresholds} == {
            (t.metric, t.expression, t.ok) for t in flat.thresholds
        }
        assert set(full.checks) == set(flat.checks)
        assert flat.seconds == pytest.approx(full.seconds, rel=1e-12)
        told = {metric.name: metric for metric in flat.metrics}
        for metric in full.metrics:
            same = told[metric.name]
            assert same.type is metric.type
            if same.contains is not None:
                assert dict(same.values) == pytest.approx(dict(metric.values))


def test_checks_of_one_name_in_two_groups_are_two() -> None:
    summary = summary_of(SAMPLES / "k6-summary" / "thresholds-2.2.json")
    told = {(check.group, check.name): (check.passes, check.fails) for check in summary.checks}
    assert len(told) == 2
    assert {name for _, name in told} == {"ok"}
    assert sorted(told.values()) == [(0, 135), (135, 0)]


def test_the_machine_readable_summary_has_seconds_and_other_words() -> None:
    summary = summary_of(SAMPLES / "k6-machine-summary" / "checks-2.2.json")
    assert summary.seconds == 2.162703291
    assert summary.k6_version == "2.2.0"
    assert values(summary, "http_req_duration")["p(95)"] == pytest.approx(6.0796326e-3)
    assert values(summary, "http_req_failed") == {"rate": 0.5, "passes": 14, "fails": 14}
    assert values(summary, "checks") == {"rate": 0.5, "passes": 14, "fails": 14}
    assert summary.thresholds == ()


def test_secrets_stay_behind() -> None:
    """setup() may have returned a token; the machine-readable summary holds the whole script."""
    setup = json.loads((SAMPLES / "k6-summary" / "order-load-1.1.json").read_text("utf-8"))
    secrets = [str(value) for value in setup["setup_data"].values()]
    assert secrets
    for sample in ("k6-summary/order-load-1.1.json", "k6-summary-export/order-load-1.1.json"):
        text = repr(summary_of(SAMPLES / sample))
        assert not [secret for secret in secrets if secret in text]
    machine = repr(summary_of(SAMPLES / "k6-machine-summary" / "checks-2.2.json"))
    assert "not-a-real-secret" not in machine
    assert "import http" not in machine


def _written(content: dict[str, Any], folder: Path) -> Path:
    path = folder / "summary.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _summary(metric: dict[str, Any]) -> dict[str, Any]:
    return {
        "root_group": {"name": "", "path": "", "groups": [], "checks": []},
        "state": {"testRunDurationMs": 1000},
        "metrics": {"m": metric},
    }


def test_what_is_no_number_is_no_data(tmp_path: Path) -> None:
    trend = {"type": "trend", "contains": "time", "values": {"avg": None, "max": 5, "count": 2}}
    summary = summary_of(_written(_summary(trend), tmp_path))
    assert values(summary, "m") == {"avg": None, "max": 0.005, "count": 2}


def test_a_counter_of_times_adds_up_milliseconds(tmp_path: Path) -> None:
    counter = {"type": "counter", "contains": "time", "values": {"count": 1500, "rate": 1500}}
    summary = summary_of(_written(_summary(counter), tmp_path))
    assert values(summary, "m") == {"count": 1.5, "rate": 1.5}


def test_huge_integers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    text = json.dumps(_summary({"type": "gauge", "contains": "default", "values": {"value": 7}}))
    path.write_text(text.replace("7", "9" * 5000), encoding="utf-8")
    assert values(summary_of(path), "m") == {"value": None}


def test_a_torn_summary_is_read_up_to_the_fault_and_says_so(tmp_path: Path) -> None:
    whole = (SAMPLES / "k6-summary" / "order-load-1.1.json").read_text("utf-8")
    path = tmp_path / "summary.json"
    path.write_text(whole[: whole.index('"http_req_duration"') + 300], encoding="utf-8")
    with ingest([str(path)]) as intake:
        summary = intake.runs[0].one(LoadSummary)
        (problem,) = intake.problems
        (ref,) = intake.sources
    assert summary is not None
    assert values(summary, "http_req_failed")["passes"] == 129
    assert problem.message.key == "problem.json-torn"
    assert ref.skipped == 1


def test_metrics_that_make_no_sense_are_counted(tmp_path: Path) -> None:
    content = _summary({"type": "trend", "contains": "time", "values": {"avg": 1}})
    content["metrics"] |= {"a": 5, "b": {"type": "sundial", "values": {}}, "c": None}
    path = _written(content, tmp_path)
    with ingest([str(path)]) as intake:
        (ref,) = intake.sources
        assert (ref.records, ref.skipped) == (1, 3)
        assert [problem.count for problem in intake.problems] == [3]


def test_types_of_an_export_are_told_by_their_statistics() -> None:
    summary = summary_of(SAMPLES / "k6-summary-export" / "order-load-1.1.json")
    told = {metric.name: (metric.type, metric.contains) for metric in summary.metrics}
    assert told["http_reqs"] == (MetricType.COUNTER, Contains.DEFAULT)
    assert told["http_req_failed"] == (MetricType.RATE, Contains.DEFAULT)
    assert told["vus"] == (MetricType.GAUGE, Contains.DEFAULT)
    assert told["iteration_duration"] == (MetricType.TREND, Contains.TIME)
    assert told["errorRate"] == (MetricType.RATE, None)
