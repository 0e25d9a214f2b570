"""What was cut off is in no statistic."""

from __future__ import annotations

import pytest

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import Made, console, exited, nothing, played

RULE = "iterations-interrupted"


def cut_off(count: int) -> Made:
    """k6 writes the data that interrupted iterations sent, and nothing else of them."""
    run = played()
    sent = [("data_sent", {"group": "", "scenario": "order"}, run.rows[-1][2], 50.0)] * count
    return run.with_rows([*sent, *[("data_received", *row[1:]) for row in sent]])


@pytest.mark.parametrize(("count", "expected"), [(3, "valid"), (7, "questionable")])
def test_fires_by_share_of_600_iterations(count: int, expected: str) -> None:
    (finding,) = findings(RULE, cut_off(count).beside(exited(0)))
    assert level(RULE, cut_off(count).beside(exited(0))) == expected
    assert figure(finding, "count") == count


def test_fires_by_the_console_log() -> None:
    told = console(interrupted_iterations=9)
    assert level(RULE, played().beside(told, exited(0))) == "questionable"


def test_fires_where_all_vus_were_cut_off_and_nothing_tells_why() -> None:
    """4 iterations are in flight at any time: an abort without a console log."""
    assert level(RULE, cut_off(4)) == "questionable"
    assert level(RULE, cut_off(4).beside(exited(0))) == "valid"


def test_silent_for_one() -> None:
    assert findings(RULE, cut_off(1)) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
