"""Consumers that were seen count, where no configuration tells how many there are."""

from __future__ import annotations

from perfreport.advice import advise
from perfreport.model.analysis import Diagnosis
from perfreport.model.phase import Phases
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.sources import kafka_consumer_groups
from perfreport.sources._input import Input
from tests.advised import cause

TABLE = """\
GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
coupons issues 0 10 100 90 c-1 /10.0.0.1 c-1
coupons issues 1 10 100 90 c-2 /10.0.0.1 c-2
coupons issues 2 10 100 90 c-3 /10.0.0.1 c-3
"""


def test_advice_starts_from_the_consumers_that_own_partitions() -> None:
    source = kafka_consumer_groups.PLUGIN
    facts = tuple(
        source.read(Input("groups.txt", content=TABLE.encode())).facts(
            SourceRef("groups.txt", source.kind)
        )
    )
    run = TestRun("run", facts, tuple(fact.source for fact in facts))
    advice = advise(run, Phases((), 0, 1), Diagnosis((cause("kafka-consumer-slow"),)))
    (parallel,) = [one for one in advice.recommendations if one.remedy == "kafka-parallelism"]
    said = {name: getattr(value, "value", None) for name, value in parallel.change.params}
    assert (said["consumers"], said["partitions"]) == (3, 3)
    assert said["consumers_after"] == said["partitions_after"] == 5  # half of a pool of ten
