"""Protects: actuator, JMX, promtool, VictoriaMetrics and frames end at the same signals."""

from __future__ import annotations

import json

import pytest

from perfreport.model.signal import Part
from perfreport.model.source import ClockKind
from perfreport.model.units import Unit
from tests.unit.sources.metrics import one_series, read_sample, read_text, summary, values


def test_actuator_answers_in_a_row() -> None:
    reading = read_sample("actuator", "answers-in-a-row.json")
    acquire = one_series(reading, "hikaricp.connections.acquire", Part.TOTAL)
    assert (values(acquire), acquire.unit) == ([317.734193773], Unit.SECONDS)
    assert values(one_series(reading, "hikaricp.connections.timeout")) == [92.0]
    assert one_series(reading, "hikaricp.connections.active").label("pool") == "HikariPool-orders"
    assert summary(reading)["scrapes"] == 1
    assert reading.clock.kind is ClockKind.UNKNOWN
    assert reading.start_ns is None  # the file's date is no time of the dump until it is borne out


def test_sums_over_tags_are_no_heap() -> None:
    reading = read_sample("actuator", "jvm.memory.used.json")
    assert one_series(reading, "jvm.memory.used").label("area") is None
    assert "note.metrics.summed" in [note.key for note in reading.notes]


def test_the_index_of_names_has_no_values() -> None:
    assert read_sample("actuator", "index.json").records == 0


def _answer(name: str, value: float) -> str:
    one = {"statistic": "VALUE", "value": value}
    return json.dumps({"name": name, "measurements": [one], "availableTags": []})


def test_rounds_with_times_between_them() -> None:
    text = "".join(
        f"Sun Nov 22 12:27:{second} UTC 2026\n{_answer('tomcat.threads.busy', second)}\n"
        for second in (48, 49)
    )
    busy = one_series(read_text("actuator", text), "tomcat.threads.busy")
    assert list(busy.times_ns) == [1795350468_000_000_000, 1795350469_000_000_000]


def test_rounds_by_names_that_come_again() -> None:
    text = "\n".join(_answer("tomcat.threads.busy", value) for value in (1, 2, 3))
    assert summary(read_text("actuator", text))["scrapes"] == 3


def test_rounds_timed_by_the_process_itself() -> None:
    text = "".join(
        _answer("process.start.time", 1.795350468e9)
        + _answer("process.uptime", uptime)
        + _answer("tomcat.threads.busy", 1)
        for uptime in (1.5, 2.5)
    )
    reading = read_text("actuator", text)
    assert reading.clock.kind is ClockKind.UTC
    assert reading.start_ns == 1795350469_500_000_000


@pytest.mark.parametrize("shape", ["[{}]", '{{"a":{}}}', "{}"])
def test_arrays_and_mappings_of_answers(shape: str) -> None:
    reading = read_text("actuator", shape.format(_answer("tomcat.threads.busy", 7)))
    assert values(one_series(reading, "tomcat.threads.busy")) == [7.0]


def test_spring_boot_1_in_kibibytes_and_milliseconds() -> None:
    reading = read_sample("actuator-boot1", "metrics.json")
    assert values(one_series(reading, "jvm.memory.used", area="heap")) == [198450.0 * 1024]
    assert values(one_series(reading, "jvm.memory.max", area="heap")) == [1048576.0 * 1024]
    young = one_series(reading, "jvm.gc.pause", Part.TOTAL, gc="ps_scavenge")
    assert values(young) == [pytest.approx(0.412)]
    assert values(one_series(reading, "process.uptime")) == [pytest.approx(125.311)]
    assert values(one_series(reading, "jdbc.connections.usage.ratio", name="primary")) == [0.7]


def test_jmx_names_are_the_clients_own() -> None:
    lag = read_sample("jmxtool-csv", "jmxtool-consumer-lag.csv")
    partition = one_series(lag, "kafka.consumer.fetch.manager.records.lag", partition="0")
    assert partition.label("topic") == "order-events"
    producer = read_sample("jmxtool-csv", "jmxtool-producer.csv")
    latency = one_series(producer, "kafka.producer.request.latency.avg")
    assert latency.unit is Unit.SECONDS
    assert values(latency)[0] == pytest.approx(0.002292079207920792)


def test_jmx_times_with_a_comma() -> None:
    text = '"time","kafka.producer:type=producer-metrics,client-id=p:waiting-threads"\n'
    reading = read_text(
        "jmxtool-csv", text + "2026-11-22 12:27:48,125,3\n2026-11-22 12:27:49,125,NaN\n"
    )
    assert values(one_series(reading, "kafka.producer.waiting.threads")) == [3.0, None]
    assert reading.clock.kind is ClockKind.UNKNOWN


def test_what_promtool_prints() -> None:
    instant = read_sample("promtool-query", "instant.txt")
    pending = one_series(instant, "hikaricp.connections.pending")
    assert (values(pending), list(pending.times_ns)) == ([0.0], [1795350569_216_000_000])
    ranged = read_sample("promtool-query", "range.txt")
    assert values(one_series(ranged, "hikaricp.connections.pending")) == [0.0, 13.0, 13.0]


def test_tsdb_dump_is_exposition_with_times() -> None:
    text = "".join(
        f'{{__name__="hikaricp_connections_active", pool="p"}} {n} {1795350467000 + n * 1000}\n'
        for n in range(4)
    )
    reading = read_text("prometheus-text", text)
    assert values(one_series(reading, "hikaricp.connections.active")) == [0.0, 1.0, 2.0, 3.0]
    assert summary(reading)["scrapes"] == 4


def test_victoriametrics_lines() -> None:
    reading = read_sample("victoriametrics-export", "export.jsonl")
    assert values(one_series(reading, "hikaricp.connections.active")) == [0.0, 5.0, 5.0, 1.0]
    assert reading.records == 8
    broken = read_text("victoriametrics-export", '{"metric":{"__name__":"up"},"values":[1\n')
    assert (broken.records, broken.skipped) == (0, 1)


def test_grafana_frames() -> None:
    reading = read_sample("grafana-frames", "ds-query.json")
    assert values(one_series(reading, "hikaricp.connections.active")) == [0.0, 5.0]
    assert values(one_series(reading, "hikaricp.connections.pending")) == [0.0, 13.0]
