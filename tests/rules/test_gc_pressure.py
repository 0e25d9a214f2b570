"""Pauses that take a large part of the time."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "gc-pressure"


def test_fires_from_a_tenth_of_the_time() -> None:
    (finding,) = findings(RULE, served(Stage(collecting=0.02), Stage(collecting=0.2)))
    assert finding.summary.key.endswith("young")


def test_silent_just_below() -> None:
    assert findings(RULE, served(Stage(collecting=0.02), Stage(collecting=0.09))) == ()


def test_not_evaluated_without_pauses() -> None:
    assert missing(RULE, served(Stage())) == ("need.gc-signals",)
