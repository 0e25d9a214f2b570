"""Protects: every dialect's name of a signal ends at one canonical signal, unit and part."""

from __future__ import annotations

import pytest

from perfreport.model.signal import Part, SignalKind
from perfreport.model.units import Unit
from perfreport.signals import catalogue
from perfreport.signals.catalogue import normal_form
from perfreport.signals.expression import leaves

NAMES = [
    # Micrometer in actuator, Prometheus 0.0.4, OpenMetrics and Influx spelling
    ("hikaricp.connections.active", "", "hikaricp.connections.active", Part.VALUE, 1.0),
    ("hikaricp_connections_active", "", "hikaricp.connections.active", Part.VALUE, 1.0),
    ("hikaricp_connections_timeout_total", "", "hikaricp.connections.timeout", Part.VALUE, 1.0),
    ("hikaricp_connections_timeout", "", "hikaricp.connections.timeout", Part.VALUE, 1.0),
    ("hikaricp_connections_usage_seconds_sum", "", "hikaricp.connections.usage", Part.TOTAL, 1.0),
    ("hikaricp_connections_usage_seconds_max", "", "hikaricp.connections.usage", Part.MAX, 1.0),
    ("tomcat_threads_busy_threads", "", "tomcat.threads.busy", Part.VALUE, 1.0),
    ("tomcat_threads_busy", "", "tomcat.threads.busy", Part.VALUE, 1.0),
    ("tomcat_global_request_max_seconds", "", "tomcat.global.request.max", Part.VALUE, 1.0),
    ("tomcat_global_request_seconds_max", "", "tomcat.global.request", Part.MAX, 1.0),
    ("jvm_gc_memory_allocated_bytes_total", "", "jvm.gc.memory.allocated", Part.VALUE, 1.0),
    ("process_cpu_time_ns_total", "", "process.cpu.time", Part.VALUE, 1e-9),
    # HikariCP's own trackers write milliseconds and nanoseconds
    ("hikaricp_active_connections", "", "hikaricp.connections.active", Part.VALUE, 1.0),
    ("hikaricp_connection_usage_millis_sum", "", "hikaricp.connections.usage", Part.TOTAL, 1e-3),
    (
        "hikaricp_connection_acquired_nanos_sum",
        "",
        "hikaricp.connections.acquire",
        Part.TOTAL,
        1e-9,
    ),
    # Kafka clients write milliseconds without saying so
    (
        "kafka_producer_request_latency_avg",
        "",
        "kafka.producer.request.latency.avg",
        Part.VALUE,
        1e-3,
    ),
    ("kafka_consumergroup_lag", "", "kafka.consumer.group.lag", Part.VALUE, 1.0),
    ("kafka_consumergroup_lag_sum", "", "kafka.consumer.group.lag.sum", Part.VALUE, 1.0),
    (
        "mysql_global_status_innodb_row_lock_time",
        "",
        "mysql.innodb.row.lock.time",
        Part.VALUE,
        1e-3,
    ),
    ("redis_keyspace_hits_total", "", "redis.keyspace.hits", Part.VALUE, 1.0),
    ("node_memory_MemAvailable_bytes", "", "node.memory.available", Part.VALUE, 1.0),
    # the JMX exporter's own naming, and agents that prefix every name
    (
        "kafka_consumer_consumer_fetch_manager_metrics_records_lag_max",
        "",
        "kafka.consumer.fetch.manager.records.lag.max",
        Part.VALUE,
        1.0,
    ),
    (
        "kafka_producer_producer_metrics_record_send_rate",
        "",
        "kafka.producer.record.send.rate",
        Part.VALUE,
        1.0,
    ),
    ("app_hikaricp_connections_active", "", "hikaricp.connections.active", Part.VALUE, 1.0),
    ("Catalina_ThreadPool_currentThreadsBusy", "", "tomcat.threads.busy", Part.VALUE, 1.0),
    # Spring Boot 1.x
    ("heap.used", "boot1", "jvm.memory.used", Part.VALUE, 1024.0),
    ("gc.ps_scavenge.time", "boot1", "jvm.gc.pause", Part.TOTAL, 1e-3),
]


@pytest.mark.parametrize(("name", "dialect", "signal", "part", "scale"), NAMES)
def test_names_of_all_dialects(
    name: str, dialect: str, signal: str, part: Part, scale: float
) -> None:
    found = catalogue().resolve(name, dialect)
    assert found is not None
    assert (found.spec.name, found.part, found.scale) == (signal, part, scale)


def test_dropwizard_names_carry_the_pool() -> None:
    found = catalogue().resolve("HikariPool-orders.pool.PendingConnections")
    assert found is not None
    assert found.spec.name == "hikaricp.connections.pending"
    assert found.labels == (("pool", "HikariPool-orders"),)


@pytest.mark.parametrize(
    ("name", "pool"),
    [
        ("com.zaxxer.hikari:type=Pool (HikariPool-1):ActiveConnections", "HikariPool-1"),
        ("com_zaxxer_hikari_Pool_HikariPool_1_ActiveConnections", "HikariPool_1"),
    ],
)
def test_mbean_names_carry_the_pool(name: str, pool: str) -> None:
    found = catalogue().resolve(name)
    assert found is not None
    assert (found.spec.name, found.labels) == ("hikaricp.connections.active", (("pool", pool),))


def test_spring_boot_1_names_mean_nothing_elsewhere() -> None:
    assert catalogue().resolve("heap.used") is None


def test_legends_are_read_in_tables_only() -> None:
    assert catalogue().resolve("CPU usage") is None
    found = catalogue().resolve("CPU usage", "legend")
    assert found is not None
    assert found.spec.name == "system.cpu.usage"


def test_signals_resolve_by_their_own_names() -> None:
    astray = {
        name: found.spec.name
        for name, spec in catalogue().signals.items()
        if (found := catalogue().resolve(name)) is None or found.spec is not spec
    }
    # redis_exporter's redis_errors_total{err} is the split of redis.errors, not redis.errors
    assert astray == {"redis.errors": "redis.error.replies"}


def test_derived_signals_stand_on_signals_and_shadow_none() -> None:
    known = catalogue()
    for name, spec in known.derived.items():
        assert name not in known.signals
        assert spec.expressions
        for expression in spec.expressions:
            for leaf in leaves(expression):
                assert leaf.signal in known.signals
                counted = known.signals[leaf.signal].kind is SignalKind.COUNTER
                assert (leaf.window is None) or counted or leaf.part is not None, name


def test_every_timer_has_mean_and_rate() -> None:
    derived = catalogue().derived
    assert derived["hikaricp.connections.usage.mean"].unit is Unit.SECONDS
    assert derived["hikaricp.connections.usage.rate"].unit is Unit.PER_SECOND


def test_normal_form_joins_spellings() -> None:
    assert normal_form("HikariCP connections-Active") == "hikari_cp_connections_active"
    assert normal_form("node_memory_MemTotal_bytes") == "node_memory_mem_total_bytes"
