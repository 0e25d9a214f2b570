"""404 that the script itself does not call an error is a hole in the test data."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.judged import findings, level, missing
from tests.rules.made import BEGIN, Made, Row, iteration, nothing, played

RULE = "test-data-range"


def holes(
    count: int, *, failed: bool = True, counter: int = 0, errors: float | None = None
) -> Made:
    rows: list[Row] = []
    for number in range(count):
        at = 5 + number / 10
        tags = {"status": "404", "expected_response": "false" if failed else "true"}
        rows += iteration(at, at + 0.01, "order", **tags)
    if counter:
        rows.append(("notFoundSkipped", {"scenario": "order"}, BEGIN + 9 * 10**9, float(counter)))
    if errors is not None:
        rows += [
            ("errorRate", {}, BEGIN + 10**10 + number, float(number < 600 * errors))
            for number in range(600)
        ]
    return played().with_rows(rows)


def test_fires_where_a_counter_equals_the_404s() -> None:
    assert level(RULE, holes(60, counter=60)) == "questionable"


def test_fires_where_the_script_sees_no_errors() -> None:
    assert level(RULE, holes(60, errors=0.0)) == "questionable"


def test_fires_for_expected_404_that_the_script_skips() -> None:
    assert level(RULE, holes(60, failed=False, counter=62)) == "questionable"


def test_silent_below_one_percent_of_the_endpoint() -> None:
    assert findings(RULE, holes(6, counter=6)) == ()


def test_silent_where_the_script_calls_them_errors() -> None:
    assert findings(RULE, holes(60, errors=0.1)) == ()


def test_silent_where_nothing_but_404_answers() -> None:
    """A wrong URL is a failure, not a hole in the data."""
    run = holes(60, counter=60)
    rows = [
        (
            row[0],
            {**row[1], "name": "GET /y"} if row[1].get("status") == "404" else row[1],
            *row[2:],
        )
        for row in run.rows
    ]
    assert findings(RULE, replace(run, rows=rows)) == ()


def test_silent_without_404() -> None:
    assert findings(RULE, played()) == ()


def test_not_evaluated_without_status_tags() -> None:
    run = played()
    rows = [
        (row[0], {k: v for k, v in row[1].items() if k != "status"}, *row[2:]) for row in run.rows
    ]
    assert missing(RULE, replace(run, rows=rows)) == ("validity.need.status-tags",)
    assert "validity.need.samples" in missing(RULE, nothing())
