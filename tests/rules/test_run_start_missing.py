"""Every VU opens a connection of its own, or the beginning is not there."""

from __future__ import annotations

from tests.rules.judged import findings, level, missing
from tests.rules.made import CLOSED, hung, nothing, played, scenario, second_of

RULE = "run-start-missing"
VUS = scenario("order", CLOSED, 8)


def test_fires_where_vus_run_on_connections_from_before() -> None:
    run = played(VUS).blind().where(lambda row: second_of(row) >= 3)
    assert level(RULE, run) == "invalid"


def test_silent_from_the_beginning() -> None:
    assert findings(RULE, played(VUS)) == ()
    assert findings(RULE, played(scenario(level=30), latency=0.913)) == ()


def test_silent_where_no_connection_can_be_made() -> None:
    """Requests that were refused have no connecting time."""
    run = played(VUS)
    run.rows = [
        (row[0], {**row[1], "status": "0"} if "status" in row[1] else row[1], row[2], row[3])
        if row[0] != "http_req_connecting"
        else (row[0], {**row[1], "status": "0"}, row[2], 0.0)
        for row in run.rows
    ]
    assert findings(RULE, run) == ()


def test_silent_for_vus_that_only_just_began() -> None:
    """Their first iteration is still running when k6 is killed."""
    assert findings(RULE, played(scenario("order", CLOSED, 8), latency=9.7, until=9.0 + 0.75)) == ()


def test_silent_where_first_requests_never_end() -> None:
    """VUs that hang in their first request have connected, and left no sample of it."""
    assert findings(RULE, hung()) == ()


def test_not_evaluated_without_http() -> None:
    run = played(VUS)
    run.rows = [row for row in run.rows if not row[0].startswith("http")]
    assert missing(RULE, run) == ("validity.need.connections",)
    assert "validity.need.samples" in missing(RULE, nothing())
