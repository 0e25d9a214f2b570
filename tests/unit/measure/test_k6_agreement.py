"""Every statistic equals k6's own summary, for every version, and so do the slices of the run."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING

import pytest

from perfreport.measure._submetrics import parse
from perfreport.model.measurement import Selector
from tests.k6_runs import RUNS, measured

if TYPE_CHECKING:
    from perfreport.model.measurement import Measurements

SINGLE = ("order-load", "thresholds-v057", "thresholds-v220", "no-system-tags")
MS = 1000.0


@cache
def from_samples(name: str, kind: str) -> Measurements:
    """The run measured from its samples, with only the duration taken from the summary."""
    (file,) = (RUNS / name).glob(f"results.{kind}*")
    return measured(file, *([RUNS / name / "summary.json"] if kind == "csv" else []))


def k6_summary(name: str) -> dict:
    return json.loads((RUNS / name / "summary.json").read_text(encoding="utf-8"))


def expected(name: str) -> dict[tuple[str, tuple[tuple[str, str], ...], str], float]:
    """k6's figures in base units; statistics over no sample at all (k6 prints 0) left out."""
    found = {}
    for key, metric in k6_summary(name)["metrics"].items():
        values = metric["values"]
        if metric["type"] == "trend" and not values["count"]:
            continue
        for stat, value in values.items():
            timed = metric["contains"] == "time" and stat != "count"
            scaled = value / MS if timed else value
            found[*parse(key), {"p(50)": "med"}.get(stat, stat)] = scaled
    return found


@pytest.mark.parametrize("name", SINGLE)
def test_every_statistic_is_k6s(name: str) -> None:
    seconds = k6_summary(name)["state"]["testRunDurationMs"] / MS
    alone = from_samples(name, "json")
    assert alone.seconds_estimated
    found = {
        (m.selector.metric, m.selector.where, m.selector.stat): (m.value, m.n)
        for m in alone.metrics
    }
    checked = 0
    for (metric, where, stat), value in expected(name).items():
        if where and (metric, where, stat) not in found:
            continue  # a submetric that only the summary names
        ours, _ = found[metric, where, stat]
        assert ours is not None
        if stat == "rate" and (metric, where, "count") in found:  # a counter: k6's duration
            ours *= alone.seconds / seconds
        assert math.isclose(ours, value, rel_tol=1e-9), (metric, where, stat)
        checked += 1
    assert checked >= 80


@pytest.mark.parametrize("name", SINGLE)
def test_with_the_summary_beside_nothing_is_estimated_or_doubted(name: str) -> None:
    everything = measured(RUNS / name)
    assert not everything.seconds_estimated
    found = {(m.selector.metric, m.selector.where, m.selector.stat): m for m in everything.metrics}
    for key, value in expected(name).items():
        assert found[key].value == pytest.approx(value, rel=1e-9), key
        assert not [w for w in found[key].warnings if w.key == "measure.summary-differs"], key
        assert not found[key].estimated


@pytest.mark.parametrize("name", ["order-load", "thresholds-v057", "no-system-tags"])
def test_a_csv_measures_the_same(name: str) -> None:
    csv = {m.selector: m for m in from_samples(name, "csv").metrics}
    for m in from_samples(name, "json").metrics:
        if m.estimated or m.selector.where:
            continue
        if m.value is None:
            assert csv[m.selector].value is None
        else:  # k6 writes six decimals there
            assert csv[m.selector].value == pytest.approx(m.value, rel=1e-9, abs=1e-9), m.selector


def test_statistics_over_no_sample_are_not_zero() -> None:
    everything = measured(RUNS / "thresholds-v220")
    empty = [
        m
        for m in everything.metrics
        if dict(m.selector.where).get("scenario") == "\uc5c6\ub294\uc2dc\ub098\ub9ac\uc624"
    ]
    assert {m.selector.stat for m in empty} >= {"avg", "p(95)", "count"}
    assert all(m.value is None for m in empty if m.selector.stat != "count")
    assert all(m.n == 0 for m in empty)


def test_segments_of_a_distributed_run_are_one_run() -> None:
    everything = measured(RUNS / "distributed")
    p95 = everything.find(Selector("http_req_duration", "p(95)"))
    assert p95 is not None
    assert p95.value == pytest.approx(0.035136736, rel=1e-9)  # not the mean of the two, 23 ms
    durations = [
        json.loads(path.read_text(encoding="utf-8"))["state"]["testRunDurationMs"]
        for path in (RUNS / "distributed").glob("*.summary.json")
    ]
    assert everything.seconds == pytest.approx(max(durations) / MS, rel=1e-12)
    rate = everything.find(Selector("http_reqs", "rate"))
    assert rate is not None
    assert rate.value == pytest.approx(121 / everything.seconds, rel=1e-9)


def test_an_expected_404_is_no_failure() -> None:
    everything = measured(RUNS / "order-load")
    rows = {(row.endpoint, row.status): row for row in everything.statuses}
    assert rows["GET /api/products/{id}", "404"].count == 12
    assert rows["GET /api/products/{id}", "404"].expected == 12
    assert "1404" not in {row.error_code for row in everything.errors}
    assert [(row.error_code, row.count) for row in everything.errors] == [
        ("1409", 127),
        ("1500", 2),
    ]


def test_setup_and_teardown_are_in_the_whole_run_and_in_no_phase() -> None:
    everything = measured(RUNS / "order-load")
    whole = everything.slice_of()
    parts = [everything.slice_of(phase.name) for phase in everything.phases]
    assert whole is not None
    assert whole.requests == 1243
    assert sum(part.requests for part in parts if part) == 1241


def test_failed_requests_do_not_flatter_latency() -> None:
    question = Selector("http_req_duration", "p(99)", only_successful=True)
    everything = measured(RUNS / "order-load", selectors=(question,))
    (answer,) = everything.selected
    assert answer.value == pytest.approx(0.10703566465, rel=1e-9)  # k6's {expected_response:true}
    assert answer.n == 1114
    whole = everything.slice_of()
    assert whole is not None
    assert whole.latency_successful.p99 == pytest.approx(answer.value)


def test_dropped_iterations_are_summed_by_scenario() -> None:
    rows = {row.scenario: row for row in measured(RUNS / "order-load").scenarios}
    assert {name: row.iterations for name, row in rows.items()} == {
        "couponIssue": 526,
        "normalPurchase": 161,
        "popularProduct": 405,
    }
    assert [row.dropped for row in rows.values()] == [1.0, 0.0, 0.0]
    assert rows["normalPurchase"].requests == 310


def test_success_without_tags_is_told_by_the_order_of_samples() -> None:
    question = Selector("http_req_duration", "p(95)", only_successful=True)
    everything = measured(RUNS / "no-system-tags" / "results.json", selectors=(question,))
    whole = everything.slice_of()
    assert whole is not None
    assert (whole.requests, whole.failed) == (30, 7)
    assert everything.selected[0].n == 23
    assert not everything.warnings


def test_a_summary_alone_answers_what_it_holds() -> None:
    questions = (
        Selector("http_req_duration", "p(95)"),
        Selector("http_req_duration", "p(95)", (("scenario", "normalPurchase"),)),
        Selector("http_req_duration", "p(95)", (("scenario", "couponIssue"),)),
        Selector("http_req_duration", "p(95)", (), "plateau"),
        Selector("http_req_failed", "rate"),
    )
    alone = measured(RUNS / "order-load" / "summary.json", selectors=questions)
    values = [answer.value for answer in alone.selected]
    assert values[0] == pytest.approx(0.0567705757, rel=1e-9)
    assert values[1] == pytest.approx(0.1003175564, rel=1e-9)
    assert values[2] is None  # no threshold, so k6 kept no submetric
    assert values[3] is None  # a summary knows no phases
    assert values[4] == pytest.approx(129 / 1243, rel=1e-9)
    assert alone.checks
    assert not alone.slices


def test_the_summary_wins_over_samples_that_were_lost(tmp_path) -> None:
    import gzip

    lines = gzip.decompress((RUNS / "order-load" / "results.json.gz").read_bytes()).splitlines(True)
    slow = [
        line for line in lines if b'"http_req_duration","type":"Point"' in line and b'"201"' in line
    ]
    kept = [line for line in lines if line not in set(slow)]
    (tmp_path / "results.json").write_bytes(b"".join(kept))
    summary = (RUNS / "order-load" / "summary.json").read_bytes()
    (tmp_path / "summary.json").write_bytes(summary)
    p95 = measured(tmp_path).find(Selector("http_req_duration", "p(95)"))
    assert p95 is not None
    assert p95.value == pytest.approx(0.0567705757, rel=1e-9)
    assert "measure.summary-differs" in {warning.key for warning in p95.warnings}
