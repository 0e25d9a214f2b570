"""Calls that can only be made while a connection is held."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "remote-call-in-transaction"


def stage(served_for: float, hold: float, call: float = 0.15) -> Stage:
    return Stage(
        throughput=40,
        pool=8,
        active=4,
        borrowed=40,
        hold=hold,
        call=call,
        calls=20,
        served=served_for,
    )


def test_fires_when_requests_leave_no_other_room() -> None:
    # 40 requests of 85 ms are 3.4 s per second, 3.2 s of them with a connection: 0.2 s of room.
    (finding,) = findings(RULE, served(stage(0.085, 0.08)))
    assert finding.impact > 0.8


def test_silent_when_the_call_fits_outside() -> None:
    # 3.4 s per second of requests, 0.4 s with a connection: the 3 s of calls fit beside them.
    assert findings(RULE, served(stage(0.085, 0.01))) == ()


def test_silent_when_calls_are_less_than_half_of_the_held_time() -> None:
    assert findings(RULE, served(stage(0.085, 0.08, call=0.07))) == ()


def test_not_evaluated_without_the_client_timer() -> None:
    case = served(Stage(pool=8, active=4, borrowed=40, hold=0.08))
    assert missing(RULE, case) == ("need.http-client-signals",)
