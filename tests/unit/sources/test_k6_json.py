"""k6's NDJSON in every state it is found in: exact values, and every loss counted."""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from typing import TYPE_CHECKING

import pytest

from perfreport.model.load import LoadSamples
from perfreport.model.source import SourceRef
from perfreport.sources import k6_json
from perfreport.sources._input import Input

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.sources._spec import Reading

HEAD = (
    '{"type":"Metric","data":{"name":"d","type":"trend","contains":"time",'
    '"thresholds":["p(95)<500",{"threshold":"max<9","abortOnFail":true,"delayAbortEval":null}],'
    '"submetrics":[{"name":"d{a:b}","suffix":"a:b","tags":{"a":"b"}}]},"metric":"d"}'
)
TAGS = '{"name":"GET /x","scenario":"s","status":"200"}'


def point(
    value: str = "1", time: str = "2026-11-22T12:00:00Z", tags: str = TAGS, metric: str = "d"
) -> str:
    sample = f'{{"time":"{time}","value":{value},"tags":{tags}}}'
    return f'{{"metric":"{metric}","type":"Point","data":{sample}}}'


def read(content: bytes | str, path: Path | None = None) -> Reading:
    raw = content.encode() if isinstance(content, str) else content
    if path is None:
        return k6_json.read(Input("results.json", content=raw))
    path.write_bytes(raw)
    return k6_json.read(Input("results.json", path))


def fact(reading: Reading) -> LoadSamples:
    (found,) = reading.facts(SourceRef("results.json", "k6-json"))
    assert isinstance(found, LoadSamples)
    return found


def values(reading: Reading, metric: str = "d") -> list[float]:
    scale = 1000.0 if metric == "d" else 1.0
    return [value * scale for value in fact(reading).store.samples(metric).values.tolist()]


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in (HEAD, *rows))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("12345678", 12345678.0),
        ("123456789", 123456789.0),
        ("1234567890123456789", 1234567890123456789.0),
        ("0.444243", 0.444243),
        ("42.032058", 42.032058),
        ("99999999.99999999", 99999999.99999999),
        ("0.30000000000000004", 0.30000000000000004),
        ("1.234567e+06", 1234567.0),
        ("1e-9", 1e-9),
        ("-2.5", -2.5),
        ("-0", -0.0),
        ("+Inf", float("inf")),
        ("-Inf", float("-inf")),
    ],
)
def test_numbers_are_read_exactly(text: str, value: float) -> None:
    row = point(text, metric="plain")
    assert values(read(lines(row)), "plain") == [value]
    assert values(read(lines(row.replace('":', '": '))), "plain") == [value]


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2026-11-22T12:20:23.029032631Z", 1795350023029032631),
        ("2026-11-22T21:20:23.029032631+09:00", 1795350023029032631),
        ("2026-11-22T07:20:23.02903-05:00", 1795350023029030000),
        ("2026-11-22T17:50:23+05:30", 1795350023000000000),
        ("2026-11-22T12:20:23.5Z", 1795350023500000000),
        ("2026-11-22T12:20:23Z", 1795350023000000000),
        ("2028-02-29T23:59:59.999999999Z", 1835481599999999999),
    ],
)
def test_times_are_exact_to_the_nanosecond(text: str, ns: int) -> None:
    for row in (point(time=text), point(time=text).replace(":{", ": {")):
        assert fact(read(lines(row))).store.samples("d").times_ns.tolist() == [ns]


def test_the_writers_zone_is_kept() -> None:
    assert fact(read(lines(point(time="2026-11-22T21:20:23.1+09:00")))).offset_seconds == 32400


def test_declarations_thresholds_and_submetrics() -> None:
    found = fact(read(lines(point())))
    (declared,) = found.declarations
    assert [submetric.tags for submetric in declared.submetrics] == [(("a", "b"),)]
    assert [(t.expression, t.abort_on_fail) for t in found.thresholds] == [
        ("p(95)<500", False),
        ("max<9", True),
    ]


def test_tags_are_the_same_however_they_are_escaped() -> None:
    one = point(tags='{"name":"/x?a=1\\u0026b=2"}')
    two = point(tags='{"name":"/x?a=1&b=2"}')
    assert fact(read(lines(one, two))).store.tag_values("name") == ("/x?a=1&b=2",)


def test_metadata_and_null_tags_are_no_tags() -> None:
    with_metadata = point()[:-2] + ',"metadata":{"vu":"1","iter":"7"}}}'
    store = fact(read(lines(with_metadata, point(tags="null"), point(tags="{}")))).store
    assert store.tag_keys == ("name", "scenario", "status")
    assert store.count("d") == 3


def test_keys_in_the_order_of_k6_before_0_41() -> None:
    sample = '{"time":"2022-01-01T00:00:00.5Z","value":7,"tags":null}'
    old = f'{{"type":"Point","data":{sample},"metric":"d"}}'
    assert values(read(lines(old, point("8")))) == [7.0, 8.0]


def test_file_order_is_kept_between_fast_and_slow_lines() -> None:
    rows = [point(str(n)) if n % 3 else point(str(n)).replace(",", ", ") for n in range(30)]
    assert values(read(lines(*rows))) == pytest.approx(list(range(30)))


def test_long_names_long_tags_and_long_metric_names() -> None:
    url = "http://h/" + "x" * 12_000
    metric = "custom_" + "m" * 60
    rows = [point("1", tags=f'{{"name":"{url}"}}'), point("2"), point("3", metric=metric)]
    store = fact(read(lines(*rows))).store
    assert set(store.tag_values("name")) == {url, "GET /x"}
    assert store.samples(metric).values.tolist() == [3.0]


BROKEN = [
    ("torn at the end", lines(point("1"), point("2"))[:-40], 1, 1),
    ("torn in the middle", lines(point("1")[:50], point("2")), 1, 1),
    ("another end", lines(point("1")[:-1] + "x", point("2")), 1, 1),
    ("two lines in one", lines(point("1") + point("9"), point("2")), 1, 1),
    ("no value", lines(point("null"), point("2")), 1, 1),
    ("value is text", lines(point('"3"'), point("2")), 1, 1),
    ("no such day", lines(point(time="2026-02-31T00:00:00Z"), point("2")), 1, 1),
    ("61 seconds", lines(point(time="2026-02-21T00:00:61Z"), point("2")), 1, 1),
    ("tags are a list", lines(point(tags="[]1"), point("2")), 1, 1),
    ("garbage after the object", lines(point("1") + "x", point("2")), 1, 1),
    ("NUL tail", lines(point("2")) + "\0" * 4096, 1, 1),
    ("blank lines", lines("", point("2"), "   "), 1, 0),
]


@pytest.mark.parametrize(
    ("content", "points", "lost"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
def test_losses_are_counted(content: str, points: int, lost: int) -> None:
    reading = read(content)
    assert (reading.records, reading.skipped) == (points, lost)
    assert sum(problem.count for problem in reading.problems) == lost


def test_lost_lines_are_named() -> None:
    (problem,) = read(lines(point(), '{"metric":"d","type":"Poi', point())).problems
    assert problem.line == 3


def test_lines_of_something_else_are_handed_back() -> None:
    reading = read(lines(point(), 'time="2026" level=error msg="x"', "banner", point()))
    assert [(part.first_line, part.last_line) for part in reading.foreign] == [(3, 4)]
    assert reading.skipped == 0


LAYOUTS = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "byte-order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "UTF-16": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "array": lambda text: json.dumps([json.loads(row) for row in text.splitlines()]).encode(),
    "array, indented": lambda text: json.dumps(
        [json.loads(row) for row in text.splitlines()], indent=2
    ).encode(),
    "pretty-printed": lambda text: "\n".join(
        json.dumps(json.loads(row), indent=2) for row in text.splitlines()
    ).encode(),
    "spaces": lambda text: "\n".join(
        json.dumps(json.loads(row)) for row in text.splitlines()
    ).encode(),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_reads_the_same(layout, tmp_path: Path) -> None:
    rows = [point(f"{n}.25", time=f"2026-11-22T12:00:0{n % 10}.5Z") for n in range(50)]
    reading = read(layout(lines(*rows)), tmp_path / "results.json")
    assert values(reading) == pytest.approx([n + 0.25 for n in range(50)])
    assert reading.skipped == 0
    assert k6_json.sniff(Input("x", tmp_path / "results.json").head) == 1.0


def test_a_broken_object_in_an_array_costs_only_itself() -> None:
    good = [json.loads(point(str(n))) for n in range(3)]
    text = json.dumps(good, indent=1).replace('"value": 1,', '"value": 1 oops,')
    reading = read(text)
    assert fact(reading).store.samples("d").values.tolist() == [0.0, 2.0]
    assert reading.skipped == 1


def test_a_cut_archive_keeps_what_could_be_read(tmp_path: Path) -> None:
    path = tmp_path / "results.json.gz"
    packed = gzip.compress(lines(*[point(f"{n}.5") for n in range(4000)]).encode())
    path.write_bytes(packed[: len(packed) // 2])
    whole = zlib.decompressobj(31).decompress(path.read_bytes()).count(b"\n") - 1
    source = Input("results.json.gz", path)
    reading = k6_json.read(source)
    assert reading.records == whole
    assert [problem.message.key for problem in source.problems] == ["problem.archive-cut"]


def test_stretches_read_by_several_processes_are_one_file(tmp_path: Path, monkeypatch) -> None:
    from perfreport.sources import _k6_parallel

    monkeypatch.setattr(_k6_parallel, "_SMALLEST_STRETCH", 20_000)
    monkeypatch.setattr(_k6_parallel, "_cores", lambda: 3)
    rows = [point(str(n), tags=f'{{"n":"{n % 7}"}}') for n in range(3000)]
    rows[2500] = rows[2500][:30]
    reading = read(lines(*rows), tmp_path / "results.json")
    kept = [n for n in range(3000) if n != 2500]
    assert values(reading) == pytest.approx(kept)
    assert [problem.line for problem in reading.problems] == [2502]
    store = fact(reading).store
    assert store.tag_values("n") == tuple("0123456")
    assert len(store.samples("d", (("n", "3"),))) == len([n for n in kept if n % 7 == 3])


def test_a_process_that_dies_is_made_up_for(tmp_path: Path, monkeypatch) -> None:
    import os

    from perfreport.sources import _k6_parallel

    monkeypatch.setattr(_k6_parallel, "_SMALLEST_STRETCH", 20_000)
    monkeypatch.setattr(_k6_parallel, "_cores", lambda: 2)
    monkeypatch.setattr(_k6_parallel._Worker, "_work", lambda *_: os._exit(9))
    rows = [point(str(n)) for n in range(1000)]
    assert len(values(read(lines(*rows), tmp_path / "results.json"))) == 1000


def test_a_file_without_a_sample_says_so() -> None:
    reading = read(f"{HEAD}\n")
    assert [problem.message.key for problem in reading.problems] == ["problem.k6-no-samples"]
    assert reading.facts(SourceRef("x", "k6-json")) == ()
