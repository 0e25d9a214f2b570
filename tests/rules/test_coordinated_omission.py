"""VUs that wait ask less while the system is slow; the percentiles don't tell."""

from __future__ import annotations

import pytest

from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import CLOSED, Made, nothing, played, scenario

RULE = "coordinated-omission"
VUS = scenario("order", CLOSED, 5)


def stalling(seconds: float) -> Made:
    """Answers in 0.1 s, but whoever asks from second 10 on waits until the stall is over."""

    def taken(second: float) -> float:
        since = second - 10 if second >= 10 else seconds
        return 0.1 + max(seconds - since, 0.0)

    return played(VUS, latency=taken)


def test_fires_for_one_long_stall() -> None:
    """4 s without answers: 200 requests were never sent, p(99) was 0.1 s and is far above 1 s."""
    (finding,) = findings(RULE, stalling(4.0))
    assert level(RULE, stalling(4.0)) == "questionable"
    assert 100 <= int(str(figure(finding, "omitted"))) <= 210
    assert float(str(figure(finding, "corrected"))) > 1.0


def test_silent_for_steady_answers() -> None:
    assert findings(RULE, played(VUS, latency=0.1)) == ()


def test_silent_for_answers_that_get_slower_throughout() -> None:
    """Saturation is no stall: every request meets it."""
    assert findings(RULE, played(VUS, latency=lambda second: 0.1 + second / 100)) == ()


@pytest.mark.parametrize("run", [played(), played(scenario(), VUS)])
def test_not_evaluated_with_arrival_rates(run: Made) -> None:
    assert missing(RULE, run) == ("validity.need.closed-model",)


def test_not_evaluated_without_samples() -> None:
    assert "validity.need.samples" in missing(RULE, nothing())
