"""More users that bring no more throughput."""

from __future__ import annotations

from tests.rules.made import nothing
from tests.rules.served import Stage, findings, missing, served

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


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("need.k6-samples",)
