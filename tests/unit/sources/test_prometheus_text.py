"""Protects: scrapes are read as prometheus-client reads them, and cut and placed in time."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from perfreport.model.signal import Part, SignalKind
from perfreport.model.source import ClockKind
from perfreport.model.units import Unit
from perfreport.sources._exposition import parse_sample
from perfreport.sources._input import Head
from tests.unit.sources.metrics import (
    SAMPLES,
    one_series,
    plugin,
    read_sample,
    read_text,
    series_of,
    summary,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((SAMPLES / "prometheus-text").glob("*.prom*"))
AT = 1795350468_000_000_000


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_samples_equal_prometheus_client(path: Path) -> None:
    text = _text(path)
    expected = sorted(
        # prometheus-client adds `_total` to counters that lack it
        (
            sample.name.removesuffix("_total"),
            sorted(sample.labels.items()),
            str(float(sample.value)),
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    )
    ours = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            parsed = parse_sample(line)
            assert parsed is not None, line
            name, labels, value, _ = parsed
            ours.append((name.removesuffix("_total"), sorted(labels.items()), str(float(value))))
    assert sorted(ours) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_of_a_real_scrape_is_lost(path: Path) -> None:
    text = _text(path)
    reading = read_sample("prometheus-text", path.name)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert reading.records == len(lines)
    assert reading.skipped == 0
    assert reading.foreign == ()
    distinct = {line.split("} ")[0] if "{" in line else line.split(" ")[0] for line in lines}
    assert summary(reading)["series"] == len(distinct)


def test_values_and_units_of_one_scrape() -> None:
    reading = read_sample("prometheus-text", "spring-boot-overload.prom.gz")
    active = one_series(reading, "hikaricp.connections.active")
    assert (active.kind, active.unit, values(active)) == (SignalKind.GAUGE, Unit.COUNT, [5.0])
    acquire = one_series(reading, "hikaricp.connections.acquire", Part.MAX)
    assert acquire.unit is Unit.SECONDS
    assert reading.clock.kind is ClockKind.UTC  # start time plus uptime
    assert "note.metrics.timed-by-uptime" in [note.key for note in reading.notes]
    assert "note.metrics.single-scrape" in [note.key for note in reading.notes]


def test_undefined_maximum_is_no_value() -> None:
    reading = read_sample("prometheus-text", "spring-boot-overload.prom.gz")
    eden = one_series(reading, "jvm.memory.max", id="G1 Eden Space")
    assert values(eden) == [None]


def test_partition_never_committed_has_no_lag() -> None:
    reading = read_sample("prometheus-text", "kafka-exporter.prom")
    lags = {
        one.label("partition"): values(one)
        for one in series_of(reading)
        if one.signal == "kafka.consumer.group.lag"
    }
    assert lags == {"0": [16577.0], "1": [135.0], "2": [None]}
    assert all(
        one.label("group") == "order-group"
        for one in series_of(reading)
        if one.signal == "kafka.consumer.group.lag"
    )


def test_written_boundaries() -> None:
    reading = read_sample("prometheus-text", "scrapes-with-times.prom.gz")
    assert summary(reading)["scrapes"] == 22
    assert reading.start_ns == AT
    timeouts = one_series(reading, "hikaricp.connections.timeout")
    assert timeouts.values[-1] - timeouts.values[0] == 95  # as many as errors in the log


def test_boundaries_where_series_come_again() -> None:
    with_times = read_sample("prometheus-text", "scrapes-with-times.prom.gz")
    without = read_sample("prometheus-text", "scrapes-without-boundaries.prom.gz")
    assert summary(without)["scrapes"] == 22
    assert without.records == with_times.records
    assert without.clock.kind is ClockKind.UNKNOWN  # no times, no uptime: only their order


def test_federation_carries_its_own_times() -> None:
    reading = read_sample("prometheus-text", "federate.prom.gz")
    assert summary(reading)["scrapes"] == 1
    assert reading.start_ns == 1795350568_440_000_000


def _scrape(start: float, uptime: float, count: float, extra: str = "") -> str:
    return (
        "# TYPE hikaricp_connections_timeout_total counter\n"
        f'hikaricp_connections_timeout_total{{pool="a"}} {count}\n{extra}'
        f"process_start_time_seconds {start}\nprocess_uptime_seconds {uptime}\n"
    )


def test_untimed_scrapes_are_placed_by_start_plus_uptime() -> None:
    text = _scrape(1.795350468e9, 10.5, 0) + _scrape(1.795350468e9, 11.5, 2)
    reading = read_text("prometheus-text", text)
    timeouts = one_series(reading, "hikaricp.connections.timeout")
    assert list(timeouts.times_ns - AT) == [10_500_000_000, 11_500_000_000]
    assert values(timeouts) == [0.0, 2.0]


@pytest.mark.parametrize(
    "separator",
    [
        "# scrape 2026-11-22T12:27:{:02d}Z\n",
        "==== Sun Nov 22 12:27:{:02d} UTC 2026 ====\n",
        "Sun Nov 22 12:27:{:02d} UTC 2026\n",
        "\n2026-11-22T21:27:{:02d}+09:00\n",
        "HTTP/1.1 200 \nContent-Type: text/plain\nDate: Sun, 22 Nov 2026 12:27:{:02d} GMT\n\n",
    ],
)
def test_separators_people_and_curl_write(separator: str) -> None:
    text = "".join(
        separator.format(second) + 'tomcat_threads_busy_threads{name="a"} 1.0\n# HELP x y\nx 1\n'
        for second in (10, 11, 13)
    )
    reading = read_text("prometheus-text", text)
    busy = one_series(reading, "tomcat.threads.busy")
    assert [int(time - busy.times_ns[0]) // 10**9 for time in busy.times_ns] == [0, 1, 3]
    assert reading.foreign == ()
    assert reading.clock.kind is ClockKind.UTC


def test_zoneless_separators_leave_the_clock_open() -> None:
    text = "".join(f"# 2026-11-22 20:27:1{n}\nup 1\n" for n in range(3))
    reading = read_text("prometheus-text", text)
    assert reading.clock.kind is ClockKind.UNKNOWN
    assert reading.clock.reason is not None
    assert reading.clock.reason.key == "clock.no-zone"
    assert reading.start_ns == AT - 38 * 10**9 + 8 * 3600 * 10**9


def test_a_counter_that_appears_started_at_zero() -> None:
    """A GC cause or an error appears with its first event: that event counts, too."""
    new = 'hikaricp_connections_timeout_total{pool="b"} 3\n'
    start = 1.795350468e9
    text = _scrape(start, 10, 0) + _scrape(start, 11, 0) + _scrape(start, 12, 0, new)
    born = one_series(read_text("prometheus-text", text), "hikaricp.connections.timeout", pool="b")
    assert values(born) == [0.0, 3.0]
    assert int(born.times_ns[1] - born.times_ns[0]) == 10**9


def test_a_cut_scrape_gives_birth_to_nothing() -> None:
    start = 1.795350468e9
    whole = _scrape(start, 11, 7) + "up 1\n"
    text = f"process_start_time_seconds {start}\n" + whole + _scrape(start, 12, 7)
    reading = read_text("prometheus-text", text)
    assert values(one_series(reading, "hikaricp.connections.timeout"))[0] == 7.0


def test_a_restart_is_told() -> None:
    text = _scrape(1.7953504e9, 68, 9) + _scrape(1.7953504e9, 69, 9) + _scrape(1.795350472e9, 3, 0)
    reading = read_text("prometheus-text", text)
    restarts = [note for note in reading.notes if note.key == "note.metrics.restart"]
    assert [dict(note.params)["time"] for note in restarts] == [1795350475_000_000_000]


def test_instances_scraped_in_turn_are_told_apart() -> None:
    text = "".join(
        _scrape(start, now - start, count)
        for now, start, count in (
            (1.79535047e9, 1.7953504e9, 5),
            (1.79535047e9, 1.7953502e9, 50),
            (1.79535048e9, 1.7953504e9, 6),
            (1.79535048e9, 1.7953502e9, 55),
        )
    )
    reading = read_text("prometheus-text", text)
    timeouts = [one for one in series_of(reading) if one.signal == "hikaricp.connections.timeout"]
    assert sorted(values(one) for one in timeouts) == [[5.0, 6.0], [50.0, 55.0]]
    assert not [note for note in reading.notes if note.key == "note.metrics.restart"]


def test_labels_with_everything_in_them() -> None:
    parsed = parse_sample(r'x{a="q\"{},\n=",b="주문",} 1.6777216E8 1795350468000')
    assert parsed == ("x", {"a": 'q"{},\n=', "b": "주문"}, "1.6777216E8", "1795350468000")


def test_names_in_quotes() -> None:
    assert parse_sample('{"http.server.requests_count",uri="/a"} 2') == (
        "http.server.requests_count",
        {"uri": "/a"},
        "2",
        None,
    )


@pytest.mark.parametrize(
    "line",
    ["", "x", "x{", 'x{a="b} 1', "x 1,5", "x one", "2026-11-22 x 1", "x{a=b} 1", '{a="b"} 1'],
)
def test_lines_that_are_no_samples(line: str) -> None:
    assert parse_sample(line) is None


def test_foreign_lines_are_handed_on() -> None:
    text = "# TYPE up gauge\nup 1\n2026-11-22 12:00:00.123 ERROR boom\n\tat a.b.C\nup 0\n"
    reading = read_text("prometheus-text", text)
    assert [(part.first_line, part.last_line) for part in reading.foreign] == [(3, 4)]
    assert reading.records == 2


def test_a_torn_end_costs_one_sample() -> None:
    text = _scrape(1.795350468e9, 10, 1) + "# TYPE x counter\nhikaricp_connections_timeout_total"
    reading = read_text("prometheus-text", text + '{pool="a"} 9')
    assert values(one_series(reading, "hikaricp.connections.timeout")) == [1.0]
    assert [problem.message.key for problem in reading.problems] == ["problem.metrics.cut"]


def test_empty_values_and_non_numbers() -> None:
    text = "# TYPE up gauge\nprocess_cpu_usage NaN\nprocess_cpu_usage -1\nsystem_cpu_count +Inf\n"
    reading = read_text("prometheus-text", text)
    assert values(one_series(reading, "process.cpu.usage")) == [None, None]
    assert np.isposinf(one_series(reading, "system.cpu.count").values[0])


def test_crlf_and_a_proxy_of_bytes() -> None:
    reading = read_text("prometheus-text", b"# TYPE up gauge\r\nup 1\r\nup 0\r\n")
    assert values(one_series(reading, "up")) == [1.0, 0.0]


def test_filtered_scrapes_are_recognised_by_their_names() -> None:
    """Grep leaves no HELP and TYPE lines."""
    text = "process_cpu_usage 0.1\nsystem_cpu_usage 0.5\nprocess_uptime_seconds 10.5\n"
    assert plugin("prometheus-text").sniff(Head("x", text.encode())) > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Threads_running\t5\nInnodb_row_lock_time\t296499\n",
        "redis_version:7.0.15\r\nused_memory:100\r\n",
        "2026-11-22T12:28:01.103Z ERROR 29235 --- [main] c.e.App : boom\n" * 5,
        '{"metric":"http_reqs","type":"Point"}\n',
        "# Time: 261122 12:19:57\n# User@Host: app[app] @ localhost []\n",
        "",
    ],
)
def test_other_dialects_are_left_alone(text: str) -> None:
    assert plugin("prometheus-text").sniff(Head("x", text.encode())) == 0.0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=8))
def test_damage_costs_lines_not_the_file(position: int, junk: bytes) -> None:
    whole = bytearray(
        gzip.decompress((SAMPLES / "prometheus-text/scrapes-with-times.prom.gz").read_bytes())
    )
    whole[position : position + len(junk)] = junk
    reading = read_text("prometheus-text", bytes(whole))
    lost = sum(part.last_line - part.first_line + 1 for part in reading.foreign)
    assert reading.records >= 1633 - 3 - lost
    assert not math.isnan(reading.records)
