"""Protects: InfluxDB's many spellings of one point give one value, one unit and one time."""

from __future__ import annotations

import pytest
from line_protocol_parser import parse_line

from perfreport.model.signal import Part, SignalKind
from perfreport.sources.influx_line import parse_point
from tests.unit.sources.metrics import (
    SAMPLES,
    one_series,
    read_sample,
    read_text,
    series_of,
    summary,
    values,
)

AT = 1795350465_000_000_000
PENDING = [0, 0, 2.2, 13.6, 13, 13.8, 13.25, 8.4, 0, 0, 0]


@pytest.mark.parametrize(
    ("dialect", "file"),
    [
        ("influx-json", "v1-mean-rfc3339.json"),
        ("influx-json", "v1-mean-epoch-ms.json"),
        ("influx-csv", "v1-mean.csv"),
        ("influx-csv", "v1-epoch-ms.csv"),
    ],
)
def test_one_query_in_every_spelling(dialect: str, file: str) -> None:
    pending = one_series(read_sample(dialect, file), "hikaricp.connections.pending")
    assert values(pending) == PENDING
    assert [int(time) for time in pending.times_ns] == [AT + n * 5 * 10**9 for n in range(11)]


@pytest.mark.parametrize(
    ("dialect", "file"),
    [
        ("influx-json", "v1-multi-series.json"),
        ("influx-csv", "v1-multi-series.csv"),
        ("influx-csv", "cli-csv-groupby.txt"),
    ],
)
def test_tags_in_one_cell_are_unescaped(dialect: str, file: str) -> None:
    eden = one_series(read_sample(dialect, file), "jvm.memory.used", id="G1 Eden Space")
    assert eden.label("area") == "heap"
    assert values(eden)[:2] == [8388608.0, 9437184.0]


@pytest.mark.parametrize(
    ("dialect", "file"),
    [
        ("influx-json", "v1-select-star.json"),
        ("influx-json", "cli-json.txt"),
        ("influx-csv", "cli-csv.txt"),
        ("influx-column", "cli-column.txt"),
    ],
)
def test_tags_as_columns(dialect: str, file: str) -> None:
    active = one_series(read_sample(dialect, file), "hikaricp.connections.active")
    assert active.label("pool") == "HikariPool-orders"
    assert active.label("instance") == "127.0.0.1:18080"


def test_two_statements_and_nothing() -> None:
    two = read_sample("influx-json", "v1-two-statements.json")
    assert summary(two)["signals"] == (
        "hikaricp.connections.active",
        "hikaricp.connections.pending",
    )
    empty = read_sample("influx-json", "v1-empty.json")
    assert (empty.records, empty.problems) == (0, ())
    (problem,) = read_sample("influx-json", "v1-error.json").problems
    assert problem.message.key == "problem.metrics.query-error"


def test_chunks_of_one_series_go_on() -> None:
    series = '{{"name":"up","columns":["time","value"],"values":[[{},1]]}}'
    chunk = '{{"results":[{{"series":[' + series + "]}}]}}"
    text = "\n".join(chunk.format(1795350467 + n) for n in range(3))
    assert values(one_series(read_text("influx-json", text), "up")) == [1.0, 1.0, 1.0]


def test_micrometer_writes_milliseconds_and_steps() -> None:
    text = (
        "hikaricp_connections_usage,pool=p,metric_type=histogram"
        " sum=500,count=10,mean=50,upper=80 1795350467000\n"
        "hikaricp_connections_timeout,pool=p,metric_type=counter value=3 1795350467000\n"
        "hikaricp_connections_active,pool=p,metric_type=gauge value=7 1795350467000\n"
    )
    reading = read_text("influx-line", text)
    total = one_series(reading, "hikaricp.connections.usage", Part.TOTAL)
    assert (values(total), total.kind) == ([0.5], SignalKind.DELTA)
    assert values(one_series(reading, "hikaricp.connections.usage", Part.MAX)) == [0.08]
    assert one_series(reading, "hikaricp.connections.timeout").kind is SignalKind.DELTA
    assert one_series(reading, "hikaricp.connections.active").kind is SignalKind.GAUGE


@pytest.mark.parametrize(
    "text",
    [
        "hikaricp_connections_active,pool=p gauge=7 1795350467000000000\n",
        "prometheus,pool=p hikaricp_connections_active=7 1795350467000000000\n",
    ],
)
def test_both_shapes_of_telegraf(text: str) -> None:
    assert values(one_series(read_text("influx-line", text), "hikaricp.connections.active")) == [
        7.0
    ]


def test_telegraf_inputs_of_servers() -> None:
    text = "redis,host=a keyspace_hits=90i,used_memory=1024i 1795350467000000000\n"
    reading = read_text("influx-line", text)
    assert values(one_series(reading, "redis.keyspace.hits")) == [90.0]
    assert values(one_series(reading, "redis.memory.used")) == [1024.0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("m v=1", ("m", {}, {"v": 1.0}, None)),
        ("m,a=b v=1,w=2i 1795350467", ("m", {"a": "b"}, {"v": 1.0, "w": 2.0}, 1795350467)),
        (r"m\ x,a\,b=c\=d v=1 5", ("m x", {"a,b": "c=d"}, {"v": 1.0}, 5)),
        ('m s="a b, c=d",v=1 5', ("m", {}, {"v": 1.0}, 5)),
        ("m v=t 5", ("m", {}, {"v": 1.0}, 5)),
        ("m", None),
        ("m v=one 5", None),
        ("2026-11-22 12:00:00 ERROR x=1", None),
    ],
)
def test_points_are_split_at_unescaped_marks(line: str, expected: object) -> None:
    assert parse_point(line) == expected


def test_real_points_equal_another_parser() -> None:
    lines = (SAMPLES / "influx-line/lines.lp").read_text(encoding="utf-8").splitlines()
    for line in lines:
        expected = parse_line(line)
        found = parse_point(line)
        assert found == (
            expected["measurement"],
            expected["tags"],
            expected["fields"],
            expected["time"],
        )
    reading = read_sample("influx-line", "lines.lp")
    assert (reading.records, reading.skipped) == (len(lines), 0)


def test_annotated_tables_with_defaults_and_two_yields() -> None:
    for file in ("influx-v2-annotated.csv", "influx-v2-annotated-two-yields.csv"):
        reading = read_sample("influx-annotated-csv", file)
        assert (reading.records, reading.skipped) == (40, 0)
        pending = one_series(reading, "hikaricp.connections.pending")
        assert (pending.label("pool"), max(values(pending), key=float)) == ("HikariPool-orders", 14)  # type: ignore[arg-type]
    bare = read_sample("influx-annotated-csv", "influx-v2-noannot.csv")
    assert bare.records == 10
    (problem,) = read_sample("influx-annotated-csv", "influx-v2-error.csv").problems
    assert "perf" in str(dict(problem.message.params)["error"])


def test_a_tag_called_error_is_no_error() -> None:
    """Spring Boot 3 tags every HTTP timer with `error`."""
    text = (
        "#datatype,string,long,dateTime:RFC3339,double,string,string,string\n"
        "#group,false,false,false,false,true,true,true\n#default,_result,,,,,,\n"
        ",result,table,_time,_value,_field,_measurement,error\n"
        ",,0,2026-11-22T12:27:45Z,7,count,http_server_requests_seconds_count,none\n"
    )
    reading = read_text("influx-annotated-csv", text)
    assert (reading.records, reading.problems) == (1, ())


def test_pivoted_tables() -> None:
    text = (
        "#datatype,string,long,dateTime:RFC3339,string,string,double\n"
        "#group,false,false,false,true,true,false\n#default,_result,,,,,\n"
        ",result,table,_time,_measurement,pool,value\n"
        ",,0,2026-11-22T12:27:47Z,hikaricp_connections_active,p,5\n"
    )
    assert values(
        one_series(read_text("influx-annotated-csv", text), "hikaricp.connections.active")
    ) == [5.0]


def test_names_that_stand_for_nothing_are_listed() -> None:
    reading = read_text("influx-line", "weather,city=x temperature=20,value=1 1795350467000\n")
    assert series_of(reading) == ()
    assert summary(reading)["unknown_names"] == (
        ("count", 2),
        ("examples", ("weather", "weather temperature")),
    )
