"""All request threads busy for a good part of the time."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "http-threads-busy"


def test_fires_when_all_are_busy() -> None:
    assert findings(RULE, served(Stage(threads=0.3), Stage(threads=1.0)))


def test_silent_just_below() -> None:
    assert findings(RULE, served(Stage(threads=0.3), Stage(threads=0.9))) == ()


def test_not_evaluated_without_thread_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.tomcat-signals",)
