"""The application takes the processors."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "cpu-saturated"


def test_fires_when_the_application_takes_a_full_host() -> None:
    assert findings(RULE, served(Stage(host=0.6, application=0.5), Stage(host=1, application=0.9)))


def test_silent_when_another_process_takes_it() -> None:
    assert findings(RULE, served(Stage(host=0.99, application=0.15))) == ()


def test_silent_just_below_full() -> None:
    assert findings(RULE, served(Stage(host=0.88, application=0.8))) == ()


def test_silent_when_the_collector_is_what_runs() -> None:
    assert findings(RULE, served(Stage(host=1, application=0.9, collecting=0.3))) == ()


def test_not_evaluated_without_cpu_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.cpu-signals",)
