"""Every active VU runs one iteration, at every tick of the gauge."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.load import Executor
from tests.rules.judged import findings, level, missing
from tests.rules.made import CLOSED, Row, nothing, played, scenario, second_of, summary_of

RULE = "vus-unaccounted"
TWO = (scenario("order", CLOSED, 8), scenario("browse", CLOSED, 2))


def test_fires_for_a_scenario_without_a_trace() -> None:
    run = played(*TWO).blind()
    assert level(RULE, run.where(lambda row: row[1].get("scenario") != "browse")) == "invalid"


def test_fires_for_a_few_seconds_of_iterations() -> None:
    def kept(row: Row) -> bool:
        return row[0] in {"vus", "vus_max"} or not 10 <= second_of(row) < 12

    assert level(RULE, played(*TWO, latency=0.9).where(kept)) == "invalid"


def test_fires_for_iterations_that_hung() -> None:
    """Two VUs hang from second 15 on and are never heard of again."""
    hung = played(*TWO, latency=lambda second: 60.0 if 15 <= second < 15.2 else 0.2, until=31.0)
    assert level(RULE, hung.beside()) == "invalid"


def test_fires_mildly_where_k6_counted_as_many_iterations() -> None:
    """A minimum iteration time: VUs wait after each iteration, and nothing is missing."""
    run = played(*TWO, latency=0.5)
    rows = [
        (*row[:3], row[3] / 2) if row[0] in {"iteration_duration", "http_req_duration"} else row
        for row in run.rows
    ]
    waiting = replace(run, rows=rows)
    assert level(RULE, waiting) == "invalid"
    assert level(RULE, waiting.beside(summary_of(waiting))) == "questionable"


def test_silent_for_exact_gauges() -> None:
    assert findings(RULE, played(*TWO)) == ()
    assert findings(RULE, played(scenario(level=37), latency=0.7)) == ()
    steps = scenario("a", Executor.RAMPING_VUS, 0, start=0, stages=((2, 4), (9, 4), (2, 8), (9, 8)))
    assert findings(RULE, played(steps, latency=lambda second: 0.1 + second / 20)) == ()


def test_silent_for_iterations_cut_off_by_the_end() -> None:
    assert findings(RULE, played(*TWO, latency=4.9, until=22.0)) == ()


def test_silent_for_the_gauges_of_two_instances() -> None:
    one, other = played(TWO[0]), played(TWO[1])
    both = replace(one.with_rows(other.rows), paths=("a.json", "b.json"), scenarios=TWO)
    assert findings(RULE, both) == ()


def test_not_evaluated_without_a_gauge() -> None:
    assert missing(RULE, played().without("vus")) == ("validity.need.vus",)
    assert "validity.need.samples" in missing(RULE, nothing())


def test_not_evaluated_with_times_in_whole_seconds() -> None:
    run = played()
    rows = [(*row[:2], row[2] // 10**9 * 10**9, row[3]) for row in run.rows]
    assert missing(RULE, replace(run, rows=rows)) == ("validity.need.vus",)
