"""What must be equal in every k6 output is equal, or the run can't pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.load import MetricType, SummaryMetric
from tests.rules.judged import findings, level, missing
from tests.rules.made import (
    Made,
    Row,
    console,
    dropped,
    exited,
    nothing,
    played,
    scenario,
    second_of,
    summary_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = "samples-incomplete"


def once(metric: str) -> Callable[[Row], bool]:
    """Drop the samples of one tenth of a second of one metric."""
    return lambda row: row[0] != metric or not 10 <= second_of(row) < 10.1


@pytest.mark.parametrize(
    "metric",
    [
        "http_reqs",
        "http_req_duration",
        "http_req_waiting",
        "http_req_failed",
        "iterations",
        "iteration_duration",
        "data_sent",
        "data_received",
    ],
)
def test_fires_for_a_few_samples_of_one_metric(metric: str) -> None:
    assert level(RULE, played().where(once(metric))) == "invalid"


@pytest.mark.parametrize("metric", ["http_req_duration", "http_req_failed", "iterations", "vus"])
def test_fires_for_a_declared_metric_without_samples(metric: str) -> None:
    assert level(RULE, played().where(lambda row: row[0] != metric)) == "invalid"


@pytest.mark.parametrize("metric", ["http_req_blocked", "http_req_failed", "vus"])
def test_fires_mildly_for_a_metric_that_may_have_been_filtered_out(metric: str) -> None:
    assert level(RULE, played().without(metric)) == "questionable"


def test_fires_for_whole_requests_that_the_summary_counted() -> None:
    """Without the summary, requests that leave no trace at all can't be missed."""
    whole = played()
    run = whole.where(lambda row: not row[0].startswith("http_req") or second_of(row) < 29)
    assert findings(RULE, run) == ()
    assert level(RULE, run.beside(summary_of(whole))) == "invalid"


def test_fires_for_iterations_that_the_console_counted() -> None:
    told = console(complete_iterations=601, interrupted_iterations=0)
    assert level(RULE, played().beside(told, exited(0))) == "invalid"


def test_fires_for_time_that_k6_counted() -> None:
    run = played(until=20.0).blind()
    assert level(RULE, run.beside(summary_of(run, seconds=30.2))) == "invalid"


def test_fires_for_drops_that_must_have_been() -> None:
    """All 8 VUs of an arrival-rate scenario are always busy, and no drop is told."""
    run = played(scenario(level=40), latency=0.201, vus=8)
    assert level(RULE, run) == "invalid"
    assert findings(RULE, run.with_rows(dropped([12.0]))) == ()


def test_fires_for_a_gauge_of_the_summary_without_samples() -> None:
    run = played()
    depth = SummaryMetric("queueDepth", MetricType.GAUGE, None, (("value", 0.0), ("max", 7.0)))
    summary = summary_of(run)
    told = replace(summary, metrics=(*summary.metrics, depth))
    assert level(RULE, run.beside(told)) == "invalid"


def test_silent_for_a_complete_run() -> None:
    run = played()
    told = console(complete_iterations=600, interrupted_iterations=0, seconds=30.2)
    assert findings(RULE, run.beside(summary_of(run), told, exited(0))) == ()


def test_silent_for_requests_without_expected_response() -> None:
    """`responseCallback: null`: k6 writes neither the tag nor http_req_failed."""

    def untagged(row: Row) -> Row:
        return (row[0], {k: v for k, v in row[1].items() if k != "expected_response"}, *row[2:])

    run = played().without("http_req_failed")
    assert findings(RULE, Made([untagged(row) for row in run.rows], run.scenarios)) == ()


def test_silent_for_interrupted_iterations() -> None:
    """They sent data, but never ended."""
    sent = [("data_sent", {"group": "", "scenario": "order"}, played().rows[-1][2], 50.0)]
    received = [("data_received", *sent[0][1:])]
    assert findings(RULE, played().with_rows([*sent, *received])) == ()


def test_silent_for_samples_that_k6_says_it_could_not_write() -> None:
    run = played()
    summary = summary_of(run, http_reqs=603.0)
    assert findings(RULE, run.beside(summary, console(lost_samples=3))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
