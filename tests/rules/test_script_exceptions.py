"""An iteration that throws is no iteration."""

from __future__ import annotations

import pytest

from perfreport.model.load import ConsoleEvent
from tests.rules.judged import findings, level, missing
from tests.rules.made import Made, console, played

RULE = "script-exceptions"


def thrown(count: int) -> Made:
    event = ConsoleEvent("TypeError: Cannot read property 'id' of undefined", count, 12, "order")
    return played().beside(console(exceptions=(event,)))


@pytest.mark.parametrize(
    ("count", "expected"), [(5, "valid"), (6, "questionable"), (60, "invalid"), (600, "invalid")]
)
def test_fires_by_share_of_600_iterations(count: int, expected: str) -> None:
    assert level(RULE, thrown(count)) == expected


def test_silent_without_exceptions() -> None:
    assert findings(RULE, played().beside(console())) == ()


def test_not_evaluated_without_console_log() -> None:
    assert missing(RULE, played()) == ("validity.need.console",)
