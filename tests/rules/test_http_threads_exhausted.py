"""Requests that wait for a thread of a server with room."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "http-threads-exhausted"
EASY = Stage(threads=0.5, avg=0.05, served=0.046)


def test_fires_when_requests_wait_in_front_of_a_free_server() -> None:
    (finding,) = findings(RULE, served(EASY, Stage(threads=1.0, avg=0.5, served=0.046)))
    assert finding.impact > 0.9


def test_silent_when_the_server_itself_is_slow() -> None:
    assert findings(RULE, served(EASY, Stage(threads=1.0, avg=0.5, served=0.49))) == ()


def test_silent_when_threads_wait_for_connections() -> None:
    easy = Stage(threads=0.5, avg=0.05, served=0.046, pool=2, active=1, borrowed=50, hold=0.02)
    starved = Stage(
        threads=1.0, avg=0.5, served=0.046, pool=2, active=2, pending=9, borrowed=90, hold=0.02,
        acquire=0.1,
    )  # fmt: skip
    assert findings(RULE, served(easy, starved)) == ()


def test_not_evaluated_without_thread_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.tomcat-signals",)
