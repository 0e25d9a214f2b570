"""Transactions that wait for each other."""

from __future__ import annotations

from tests.rules.served import Stage, findings, missing, served

RULE = "row-lock-contention"
EASY = Stage(pool=20, active=2, borrowed=40, hold=0.025, lock=0.1)


def test_fires_when_most_of_the_held_time_is_waiting() -> None:
    locked = Stage(pool=20, active=18, borrowed=90, hold=0.2, lock=17)
    (finding,) = findings(RULE, served(EASY, locked))
    assert finding.impact > 0.9


def test_silent_when_waiting_is_a_small_part() -> None:
    busy = Stage(pool=20, active=18, borrowed=90, hold=0.2, lock=5)
    assert findings(RULE, served(EASY, busy)) == ()


def test_silent_when_nobody_waits_for_long() -> None:
    assert findings(RULE, served(EASY)) == ()


def test_not_evaluated_without_the_counter() -> None:
    assert missing(RULE, served(Stage(pool=20, active=1))) == ("need.row-lock-signals",)
