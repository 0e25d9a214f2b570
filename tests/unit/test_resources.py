"""The tables of server signals: one row per held phase, nothing aggregated that must not be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from perfreport import pipeline
from perfreport.model.applog import AppLog
from perfreport.model.configuration import AppConfig
from perfreport.model.document import Bullets, Grid, Paragraph
from perfreport.model.grade import FailOn
from perfreport.model.kafka import ConsumerGroups
from perfreport.model.measurement import SignalStats
from perfreport.model.message import Message, message
from perfreport.model.redis import RedisInfo
from perfreport.model.sql import SlowLog
from perfreport.model.units import Quantity, Unit
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from perfreport.model.source import Fact

F = TypeVar("F", bound="Fact")


def signal(name: str, phase: str, value: float, **labels: str) -> SignalStats:
    return SignalStats(
        name, tuple(labels.items()), phase, Unit.COUNT, 10, value, value, value, value, value, value
    )


def section(test: object, name: str) -> tuple[object, ...]:
    return section_of((test,), name)


def section_of(tests: tuple[object, ...], name: str) -> tuple[object, ...]:
    report = build(tests, story.intake(*tests), FailOn.FAIL)  # type: ignore[arg-type]
    found = report.find(name)
    assert found is not None
    return found.blocks


def test_without_data_one_line_says_which_file_would_help() -> None:
    blocks = section(story.stress_test(), "database")
    assert blocks == (Paragraph((message("part.database.missing"),)),)


def test_a_pool_is_shown_against_its_size_stage_by_stage() -> None:
    test = story.stress_test()
    signals = tuple(
        signal(f"hikaricp.connections.{what}", phase.name, value, pool="main")
        for phase in test.phases.phases[:2]
        for what, value in (("active", 9.0), ("max", 20.0))
    )
    test = replace(test, measurements=replace(test.measurements, signals=signals))
    grid = section(test, "database-pool")[0]
    assert isinstance(grid, Grid)
    assert len(grid.rows) == 2
    twenty, nine = Quantity(20.0, Unit.COUNT), Quantity(9.0, Unit.COUNT)
    share = Quantity(0.45, Unit.RATIO)
    shown = message("signal.of", value=nine, limit=twenty, share=share)
    assert grid.rows[0][1:] == ("main", shown, message("signal.level.normal"))


@pytest.mark.parametrize(
    ("active", "pending", "timeouts", "level"),
    [
        (9.0, 0.0, 0.0, "normal"),
        (14.0, 2.0, 0.0, "warning"),  # some wait though connections are free: a burst
        (16.0, 0.0, 0.0, "warning"),
        (18.0, 5.0, 2.0, "warning"),
        (20.0, 0.0, 0.0, "warning"),  # all taken, nobody waits
        (20.0, 15.0, 28.0, "exhausted"),
    ],
)
def test_a_pool_is_exhausted_when_requests_wait_for_the_last_connection(
    active: float, pending: float, timeouts: float, level: str
) -> None:
    test = story.stress_test()
    phase = test.phases.phases[0].name
    figures = {"active": active, "max": 20.0, "pending": pending, "timeout": timeouts}
    signals = tuple(
        replace(
            signal(f"hikaricp.connections.{what}", phase, value, pool="main"),
            increase=value if what == "timeout" else None,
        )
        for what, value in figures.items()
    )
    test = replace(test, measurements=replace(test.measurements, signals=signals))
    grid = section(test, "database-pool")[0]
    assert isinstance(grid, Grid)
    assert grid.rows[0][-1] == message(f"signal.level.{level}")


def test_of_several_instances_the_worst_is_shown_and_said_so() -> None:
    test = story.stress_test()
    signals = (
        signal("process.cpu.usage", "stage-1", 0.2, instance="a"),
        signal("process.cpu.usage", "stage-1", 0.8, instance="b"),
        signal("jvm.threads.live", "stage-1", 30.0, instance="a"),
        signal("jvm.threads.live", "stage-1", 40.0, instance="b"),
    )
    test = replace(test, measurements=replace(test.measurements, signals=signals))
    grid = section(test, "application-processor")[0]
    assert isinstance(grid, Grid)
    assert grid.rows[0][1] == Quantity(0.8, Unit.COUNT)
    assert grid.rows[0][3] == Quantity(40.0, Unit.COUNT)
    assert message("signal.worst-of-several") in grid.notes


def read(path: str, kind: type[F]) -> tuple[F, ...]:
    with pipeline.read([f"samples/{path}"]) as intake:
        return tuple(fact for run in intake.runs for fact in run.of(kind))


def test_redis_tells_the_test_from_the_time_since_it_started() -> None:
    infos = read("redis-info/shop-before.txt", RedisInfo)
    infos += read("redis-info/shop-after.txt", RedisInfo)
    test = story.load_test()
    test = replace(test, run=replace(test.run, facts=infos))
    grid = section(test, "cache-redis")[0]
    assert isinstance(grid, Grid)
    assert [heading.key for heading in grid.headings] == [
        "column.what", "column.redis-during", "column.redis-since-start",
    ]  # fmt: skip
    before, after = (dict(one.snapshots[0].figures) for one in infos)
    hits = next(row for row in grid.rows if row[0] == message("redis.keyspace-hits"))
    assert hits[1] == Quantity(
        after["redis.keyspace.hits"] - before["redis.keyspace.hits"], Unit.COUNT
    )
    assert hits[2] == Quantity(after["redis.keyspace.hits"], Unit.COUNT)


def test_a_single_info_never_stands_for_the_test() -> None:
    test = story.load_test()
    infos = read("redis-info/shop-after.txt", RedisInfo)
    test = replace(test, run=replace(test.run, facts=infos))
    grid = section(test, "cache-redis")[0]
    assert isinstance(grid, Grid)
    assert [heading.key for heading in grid.headings] == [
        "column.what", "column.redis-since-start",
    ]  # fmt: skip
    assert message("part.cache-redis.single") in grid.notes


def test_several_tests_stand_beside_each_other_and_say_what_they_count() -> None:
    infos = read("redis-info/shop-before.txt", RedisInfo)
    last = read("redis-info/shop-after.txt", RedisInfo)
    test = story.load_test()
    both = tuple(
        replace(test, run=replace(test.run, facts=facts)) for facts in (infos + last, last)
    )
    (grid,) = section_of(both, "cache-redis")
    assert isinstance(grid, Grid)
    hits = next(row for row in grid.rows if row[0] == message("redis.keyspace-hits"))
    first, after = (dict(one.snapshots[0].figures)["redis.keyspace.hits"] for one in infos + last)
    assert hits[1:] == (Quantity(after - first, Unit.COUNT), Quantity(after, Unit.COUNT))
    # The second one had a single INFO: its column must not pass for the test's.
    single = [dict(note.params).get("said") for note in grid.notes]
    assert message("part.cache-redis.single") in single


def test_slow_statements_come_with_figures_causes_and_places() -> None:
    test = story.load_test()
    (log,) = read("slow-log-mariadb/missing-index.log", SlowLog)
    facts = (log.shifted(test.phases.start_ns - int(log.end_ns.min()), log.source),)
    test = replace(test, run=replace(test.run, facts=facts))
    covers, listed = section(test, "database-queries")
    assert covers == Paragraph((message("part.database-queries.covers.slow-log"),))
    assert isinstance(listed, Bullets)
    heaviest = [detail.key for detail in listed.items[0].details]
    assert heaviest[0] == "part.database-queries.figures-longest"
    assert "part.database-queries.cause.rows" in heaviest
    assert heaviest[-1] == "part.database-queries.line"


def test_fast_statements_are_not_listed_as_slow_ones() -> None:
    test = story.load_test()
    (log,) = read("slow-log-mariadb/missing-index.log", SlowLog)
    shifted = log.shifted(test.phases.start_ns - int(log.end_ns.min()), log.source)
    fast = replace(shifted, query_time=log.query_time / 1000)
    test = replace(test, run=replace(test.run, facts=(fast,)))
    (said,) = section(test, "database-queries")
    assert isinstance(said, Paragraph)
    assert said.sentences[0].key == "part.database-queries.none"


def test_without_a_load_of_known_times_nothing_counts_from_its_start() -> None:
    """A summary tells no times: what was logged is told, when it was is not."""
    test = story.summary_only()
    facts: tuple[Fact, ...] = read("app-log-text/boot3-pool-timeouts.log", AppLog)
    groups = read("kafka-consumer-groups/repeated.txt", ConsumerGroups)
    facts += (*groups, *(group.signals() for group in groups))
    test = replace(test, run=replace(test.run, facts=facts))
    logged = section(test, "application-errors")[0]
    assert isinstance(logged, Grid)
    assert message("column.seen") not in logged.headings
    lag = section(test, "kafka-lag")[0]
    assert isinstance(lag, Grid)
    assert lag.headings == (message("column.group"), message("column.lag-peak"))


def test_settings_stand_with_their_place() -> None:
    test = story.load_test()
    facts = read("app-config-yaml/spring-boot-3.yml", AppConfig)
    test = replace(test, run=replace(test.run, facts=facts))
    grid = section(test, "database-settings")[0]
    assert isinstance(grid, Grid)
    assert all(isinstance(row[2], Message) and row[2].key == "cell.place" for row in grid.rows)
