"""Host, Redis, Kafka and configuration dumps: figures checked by hand against the samples."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from perfreport.model.configuration import AppConfig, ComposeConfig, Observations
from perfreport.model.kafka import ConsumerGroups
from perfreport.model.redis import RedisInfo, RedisSlowLog
from perfreport.model.signal import Signals
from perfreport.model.source import ClockKind, SourceRef
from perfreport.sources._input import Input
from perfreport.sources._instants import find_instant

SAMPLES = Path(__file__).parents[3] / "samples"


def reading(module, path=None, text=None):
    source = importlib.import_module(f"perfreport.sources.{module}").PLUGIN
    given = Input("x", SAMPLES / path) if path else Input("x", content=text.encode())
    read = source.read(given)
    return read, {type(fact): fact for fact in read.facts(SourceRef("x", source.kind))}


def series(facts, signal, **labels):
    (one,) = [
        one
        for one in facts[Signals].series
        if one.signal == signal and labels.items() <= dict(one.labels).items()
    ]
    return one


def test_lag_is_summed_over_the_partitions_of_each_snapshot():
    read, facts = reading("kafka_consumer_groups", "kafka-consumer-groups/repeated.txt")
    assert dict(read.summary)["snapshots"] == 14
    last = facts[ConsumerGroups].snapshots[-1]
    assert last.total_lag == sum(row.log_end - row.committed for row in last.partitions) == 11380
    lag = series(facts, "kafka.consumer.group.lag", partition="0")
    assert len(lag.times_ns) == 14
    assert read.clock.kind is ClockKind.UTC


@pytest.mark.parametrize(
    ("path", "lag"),
    [
        ("kafka-0.9.txt", 16577),  # partition 1 is unknown: not zero, not counted
        ("kafka-1.x.txt", 16712),  # no GROUP column, one member without a partition
        ("kafka-4.x-verbose.txt", 16712),  # LEADER-EPOCH stands before the offsets
    ],
)
def test_every_version_of_the_describe_table_is_read_by_column_name(path, lag):
    read, facts = reading("kafka_consumer_groups", f"kafka-consumer-groups/{path}")
    assert dict(read.summary)["lag_last"] == lag
    assert Signals not in facts  # no times: nothing may be placed on the run's clock


def test_consumers_that_own_partitions_are_counted_per_topic():
    rows = ["GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID"]
    rows += [f"g orders {place} 1 2 1 c-{place % 2} /10.0.0.1 c" for place in range(4)]
    rows += ["g other 0 1 2 1 c-9 /10.0.0.1 c", "g - - - - - c-7 /10.0.0.1 c"]
    _, facts = reading("kafka_consumer_groups", text="\n".join(rows) + "\n")
    assert facts[ConsumerGroups].owners == 2


def test_a_broker_that_names_no_consumers_counts_none():
    text = "TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID\norders 0 1 2 1 -\n"
    _, facts = reading("kafka_consumer_groups", text=text)
    assert facts[ConsumerGroups].owners == 0


def test_partition_without_commits_has_no_lag_rather_than_none_left():
    text = "TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG\norders 0 - 12 -\norders 1 5 4 -1\n"
    _, facts = reading("kafka_consumer_groups", text=text)
    never, behind = facts[ConsumerGroups].snapshots[0].partitions
    assert never.lag is None
    assert behind.lag == 0  # the log end was read just before the commit


def test_vmstat_drops_the_average_since_boot_and_uses_its_zone():
    read, facts = reading("vmstat", "vmstat/procps-t-utc.txt")
    busy = series(facts, "system.cpu.usage")
    assert read.clock.kind is ClockKind.UTC
    assert len(busy.values) == read.records == 68
    assert busy.values.max() == 1.0


def test_vmstat_without_times_is_not_placed():
    text = (
        "r b swpd free buff cache si so bi bo in cs us sy id wa st\n"
        "1 0 0 9 9 9 0 0 0 0 0 0 1 1 98 0 0\n"
        "4 0 0 9 9 9 0 0 0 0 0 0 50 10 40 0 0\n"
    )
    read, facts = reading("vmstat", text=text)
    assert facts == {}
    assert dict(read.summary)["cpu_usage_max"] == pytest.approx(0.6)


def test_pidstat_gives_cores_by_process():
    read, facts = reading("sysstat", "sysstat/pidstat-12.txt")
    database = series(facts, "process.cpu.cores", process="mariadbd")
    assert database.values.max() == pytest.approx(1.45)
    assert read.clock.kind is ClockKind.UNKNOWN  # the date has no zone
    assert find_instant("2026-11-22 13:49:40").ns == database.times_ns[0]


def test_sysstat_goes_on_after_midnight():
    text = (
        "Linux 6.1 (h) \t11/22/26 \t_x86_64_\t(2 CPU)\n\n"
        "11:59:59 PM CPU %user %nice %system %iowait %steal %idle\n"
        "11:59:59 PM all 10.0 0.0 5.0 0.0 0.0 85.0\n"
        "12:00:00 AM all 20.0 0.0 5.0 0.0 0.0 75,0\n"
        "Average: all 15.0 0.0 5.0 0.0 0.0 80.0\n"
    )
    _, facts = reading("sysstat", text=text)
    usage = series(facts, "system.cpu.usage")
    assert list(np.diff(usage.times_ns)) == [1_000_000_000]
    assert list(usage.values) == pytest.approx([0.15, 0.25])


def test_docker_stats_counts_cores_and_binary_units():
    read, facts = reading("docker_stats", "docker-stats/repeated.txt")
    assert list(series(facts, "container.cpu.cores", container="shop-app").values) == (
        pytest.approx([1.5321, 1.879])
    )
    assert series(facts, "container.memory.max", container="shop-db").values[0] == 1.5 * 2**30
    assert read.skipped == 0


def test_redis_places_itself_by_its_own_clock():
    read, facts = reading("redis_info", "redis-info/redis-7.0-info-all.txt")
    assert read.start_ns == 1_795_350_203_749_205_000
    assert series(facts, "redis.keyspace.hits").values[0] == 35248
    keys = next(stat for stat in facts[RedisInfo].snapshots[0].commands if stat.command == "keys")
    assert keys.calls == 357


def test_one_section_of_redis_is_known_for_what_it_is():
    read, facts = reading("redis_info", "redis-info/redis-7.0-commandstats.txt")
    assert (read.records, read.skipped) == (23, 0)
    commands = {one.command: one.calls for one in facts[RedisInfo].snapshots[0].commands}
    assert commands["hlen"] == 980


def test_the_state_of_a_group_is_read_without_its_lag():
    read, facts = reading("kafka_consumer_groups", "kafka-consumer-groups/state.txt")
    assert (read.records, read.skipped) == (1, 0)
    (snapshot,) = facts[ConsumerGroups].snapshots
    assert snapshot.states == (("order-group", "stable"),)
    assert snapshot.total_lag is None


def test_redis_without_a_clock_keeps_its_totals():
    read, facts = reading("redis_info", "redis-info/redis-7.0-stats-memory.txt")
    assert read.clock.kind is ClockKind.UNKNOWN
    assert dict(facts[RedisInfo].snapshots[0].figures)["redis.keyspace.misses"] == 82695


def test_slow_log_keeps_patterns_never_arguments():
    _, facts = reading("redis_slowlog", "redis-slowlog/redis-7.0-raw.txt")
    first = facts[RedisSlowLog].entries[0]
    assert (first.command, first.seconds) == ("KEYS", pytest.approx(0.002149))
    text = "1\n1795350203\n5000\nset\nuser:59835:token\nsecret\n127.0.0.1:1\n\n"
    _, facts = reading("redis_slowlog", text=text)
    assert facts[RedisSlowLog].entries[0].key_pattern == "user:{id}:token"
    assert "secret" not in str(facts[RedisSlowLog])


def test_slow_log_as_a_terminal_shows_it():
    text = (
        "1) 1) (integer) 14\n   2) (integer) 1795350203\n   3) (integer) 15000\n"
        '   4) 1) "HGETALL"\n      2) "cart:77"\n   5) "127.0.0.1:58217"\n   6) ""\n'
        "2) 1) (integer) 13\n   2) (integer) 1795350128\n   3) (integer) 30\n"
        '   4) 1) "PING"\n   5) "127.0.0.1:58217"\n   6) ""\n'
    )
    _, facts = reading("redis_slowlog", text=text)
    entries = facts[RedisSlowLog].entries
    assert [entry.command for entry in entries] == ["HGETALL", "PING"]
    assert entries[0].key_pattern == "cart:{id}"


def test_spring_settings_by_relaxed_binding_profile_and_placeholder():
    _, facts = reading("app_config_yaml", "app-config-yaml/profiles.yml")
    config = facts[AppConfig]
    pool = [one for one in config.settings if one.name == "hikaricp.connections.max"]
    assert [(one.value, one.profile, one.variable, one.line) for one in pool] == [
        (10.0, None, "DB_POOL", 7),
        (30.0, "prod", None, 17),
    ]
    assert config.active_profiles == ("prod",)
    assert "do-not-print-me" not in str(config)


def test_properties_with_continuations_and_documents():
    _, facts = reading("app_config_properties", "app-config-properties/application.properties")
    found = {(one.name, one.profile): one.value for one in facts[AppConfig].settings}
    assert found["tomcat.threads.max", None] == 120.0
    assert found["hikaricp.connection-timeout", None] == 2.0
    assert found["hikaricp.connections.max", "stress"] == 60.0
    assert "do-not-print-me" not in str(facts)


def test_compose_tells_limits_flags_and_collector():
    _, facts = reading("compose_config", "compose-config/limits.yml")
    found = {one.name: one.value for one in facts[ComposeConfig].settings}
    assert found["container.memory.max"] == 2 * 2**30
    assert found["mysql.connections.max"] == 200.0
    assert found["jvm.collector"] == "ZGC"
    assert facts[ComposeConfig].services[0].replicas == 3
    assert facts[ComposeConfig].services[0].variables[1][:2] == ("DB_POOL", "25")
    assert "do-not-print-me" not in str(facts)


def test_observation_needs_somebody_who_says_so():
    read, facts = reading(
        "observations",
        text="observations:\n  - {name: lost, value: 0}\n  - {name: d, value: 1, source: me}\n",
    )
    assert [one.name for one in facts[Observations].observations] == ["d"]
    assert read.skipped == 1
    assert read.problems[0].line == 2


def test_broken_yaml_is_a_counted_loss():
    read, _ = reading("app_config_yaml", text="spring:\n  a: [1\nserver: {")
    assert read.skipped == 1


@pytest.mark.parametrize("module", ["app_config_yaml", "compose_config", "observations"])
@pytest.mark.parametrize(
    "text", ["services\n", "- a\n", "a: \x0e\n", "", "services:\n  app:\n    environment: X\n"]
)
def test_yaml_of_any_shape_is_survived(module, text):
    read, _ = reading(module, text=text)
    assert read.skipped in {0, 1}
