"""A percentile needs enough samples for a 95 % interval."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.model.measurement import Measurement, Selector
from perfreport.model.units import Unit
from perfreport.validity.rules.too_few_samples import samples_needed
from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import Made, played

RULE = "too-few-samples"


def asked(stat: str, n: int) -> Made:
    selector = Selector("http_req_duration", stat, (("name", "GET /x"),), "plateau")
    return replace(played(), selected=(Measurement(selector, 0.2, Unit.SECONDS, n),))


@pytest.mark.parametrize(
    ("percent", "needed"), [(50, 6), (90, 36), (95, 72), (99, 368), (99.9, 3688)]
)
def test_least_number_of_samples(percent: float, needed: int) -> None:
    """The least n with p^n < 2.5 %."""
    assert samples_needed(percent) == needed
    assert (percent / 100) ** needed < 0.025 <= (percent / 100) ** (needed - 1)


def test_fires_just_below() -> None:
    (finding,) = findings(RULE, asked("p(99)", 367))
    assert level(RULE, asked("p(99)", 367)) == "valid"
    assert figure(finding, "needed") == 368


@pytest.mark.parametrize(("stat", "n"), [("p(99)", 368), ("p(95)", 72), ("med", 6)])
def test_silent_with_enough(stat: str, n: int) -> None:
    assert findings(RULE, asked(stat, n)) == ()


@pytest.mark.parametrize("run", [played(), asked("avg", 3), asked("p(99)", 0)])
def test_not_evaluated_without_a_measured_percentile(run: Made) -> None:
    """A percentile without any sample is NO_DATA, which grading tells."""
    assert missing(RULE, run) == ("validity.need.percentile",)
