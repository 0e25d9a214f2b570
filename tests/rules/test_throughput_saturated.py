"""More users that bring no more throughput."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.rules.made import nothing
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served

if TYPE_CHECKING:
    from perfreport.rules import Case

RULE = "throughput-saturated"


def test_fires_when_load_doubles_and_throughput_stays() -> None:
    flat = served(Stage(vus=20, throughput=60), Stage(vus=40, throughput=62))
    (finding,) = findings(RULE, flat)
    assert finding.summary.key.endswith("summary")


def test_silent_while_throughput_follows() -> None:
    grows = served(Stage(vus=20, throughput=60), Stage(vus=40, throughput=100))
    assert findings(RULE, grows) == ()


def test_silent_for_one_level_of_load() -> None:
    assert findings(RULE, served(Stage())) == ()


def fallen(seconds: int, rate: float = 60.0) -> Case:
    """A steady load whose answers stay away for its last seconds."""
    case = served(Stage(throughput=rate))
    (line,) = case.measurements.timelines
    good = line.successful.copy()
    good[len(good) - seconds :] = 0.0
    timelines = (replace(line, successful=good),)
    return replace(case, measurements=replace(case.measurements, timelines=timelines))


def test_fires_when_answers_stay_away_under_the_same_load() -> None:
    (finding,) = findings(RULE, fallen(7))
    assert finding.summary.key.endswith("fallen")
    assert finding.onset_ns is not None
    assert abs(finding.onset_ns - BEGIN - 3 * SECOND) <= SECOND


def test_silent_for_a_short_hole() -> None:
    assert findings(RULE, fallen(3)) == ()


def test_silent_where_chance_makes_holes() -> None:
    assert findings(RULE, fallen(7, rate=2.0)) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
