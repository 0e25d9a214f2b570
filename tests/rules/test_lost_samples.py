"""k6 counts the samples it could not write."""

from __future__ import annotations

from tests.rules.judged import findings, level, missing
from tests.rules.made import console, played

RULE = "lost-samples"


def test_fires_for_one_lost_sample() -> None:
    assert level(RULE, played().beside(console(lost_samples=1))) == "questionable"


def test_silent_for_none() -> None:
    assert findings(RULE, played().beside(console())) == ()


def test_not_evaluated_without_console_log() -> None:
    assert missing(RULE, played()) == ("validity.need.console",)
