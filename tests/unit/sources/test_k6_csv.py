"""k6's CSV: every header, every time format, quoting, and every loss counted."""

from __future__ import annotations

import pytest

from perfreport.model.load import Contains, LoadSamples, MetricType
from perfreport.model.source import SourceRef
from perfreport.sources import k6_csv
from perfreport.sources._input import Input

HEADER = (
    "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,"
    "name,proto,scenario,status,url,extra_tags,metadata"
)
NS = 1_795_350_023_123_456_789


def row(
    time: str = "1795350023", value: str = "1.500000", extra: str = "", name: str = "GET /x"
) -> str:
    return f"http_req_duration,{time},{value},,,,true,,GET,{name},HTTP/1.1,s,200,{name},{extra},"


def read(*rows: str, end: str = "\n"):
    content = "\n".join(rows) + end
    source = Input("results.csv", content=content.encode())
    assert k6_csv.sniff(source.head) == 1.0
    return k6_csv.read(source)


def store(*rows: str):
    (fact,) = read(*rows).facts(SourceRef("results.csv", "k6-csv"))
    assert isinstance(fact, LoadSamples)
    return fact.store


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1795350023", NS // 10**9 * 10**9),
        ("1795350023123", NS // 10**6 * 10**6),
        ("1795350023123456", NS // 1000 * 1000),
        ("1795350023123456789", NS),
        ("2026-11-22T12:20:23Z", NS // 10**9 * 10**9),
        ("2026-11-22T21:20:23.123456789+09:00", NS),
    ],
)
def test_every_time_format(text: str, ns: int) -> None:
    assert store(HEADER, row(text)).samples("http_req_duration").times_ns.tolist() == [ns]


def test_columns_are_found_by_their_names() -> None:
    short = "metric_name,timestamp,metric_value,status,extra_tags"
    found = store(short, "http_req_duration,1795350023,1.000000,500,build=7")
    assert found.tag_keys == ("build", "status")
    assert len(found.samples("http_req_duration", (("status", "500"),))) == 1


def test_extra_tags_may_hold_what_separates_them() -> None:
    one, two = row(extra="testid=T&build=a=b&c"), row(extra="build=a=b&c&testid=T")
    found = store(HEADER, one, two)
    assert found.tag_values("build") == ("a=b&c",)
    assert found.tag_values("testid") == ("T",)
    assert len(set(found.samples("http_req_duration").tagsets.tolist())) == 1


def test_quoted_fields_hold_commas_quotes_and_line_ends() -> None:
    name = '"a, ""b""\nc"'
    reading = read(HEADER, row(name=name), row())
    assert (reading.records, reading.skipped) == (2, 0)
    assert store(HEADER, row(name=name)).tag_values("name") == ('a, "b"\nc',)


def test_infinity_stays_a_sample() -> None:
    found = store(HEADER, row(value="+Inf"), row(value="-Inf"))
    assert found.samples("http_req_duration").values.tolist() == [float("inf"), float("-inf")]


def test_types_are_k6s_own_or_guessed() -> None:
    found = store(
        HEADER,
        row(),
        row().replace("http_req_duration", "myRate").replace("1.500000", "0.000000"),
        row().replace("http_req_duration", "myRate").replace("1.500000", "1.000000"),
    )
    duration, rate = (found.declaration(name) for name in ("http_req_duration", "myRate"))
    assert (duration.type, duration.contains) == (MetricType.TREND, Contains.TIME)
    assert rate.type is MetricType.RATE
    assert not rate.declared


@pytest.mark.parametrize(
    ("rows", "points", "lost"),
    [
        ((HEADER, row(), row()[:20]), 1, 1),
        ((HEADER, row(), "k6 says hello"), 1, 1),
        ((HEADER, row(), row(value="nought")), 1, 1),
        ((HEADER, row(), row(time="yesterday")), 1, 1),
        ((HEADER, row(), row() + ",one,too,many"), 1, 1),
        ((HEADER, row(), "", row()), 2, 0),
        ((HEADER, row(), 'http_reqs,1795350023,1.0,"never closed'), 1, 1),
    ],
)
def test_losses_are_counted(rows: tuple[str, ...], points: int, lost: int) -> None:
    for end in ("\n", "\r\n", ""):
        reading = read(*rows, end=end)
        assert (reading.records, reading.skipped) == (points, lost)


def test_a_torn_last_line_is_told_from_a_broken_one() -> None:
    torn = read(HEADER, row(), row()[:20], end="")
    assert [problem.message.key for problem in torn.problems] == ["problem.k6-last-line-torn"]
    broken = read(HEADER, row(), row()[:20])
    assert [problem.message.key for problem in broken.problems] == ["problem.k6-lines-skipped"]
