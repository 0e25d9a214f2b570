"""Protects: API answers are read value by value, and computed series are not guessed at."""

from __future__ import annotations

import json

import numpy as np
import pytest

from perfreport.model.signal import Part, SignalKind
from perfreport.sources._input import Head
from tests.unit.sources.metrics import (
    SAMPLES,
    one_series,
    plugin,
    read_sample,
    read_text,
    summary,
    values,
)


def test_range_values_are_what_json_says() -> None:
    document = json.loads((SAMPLES / "prometheus-api/range-hikari-all.json").read_text("utf-8"))
    reading = read_sample("prometheus-api", "range-hikari-all.json")
    assert reading.records == sum(len(one["values"]) for one in document["data"]["result"])
    expected = next(
        one["values"]
        for one in document["data"]["result"]
        if one["metric"]["__name__"] == "hikaricp_connections_pending"
    )
    pending = one_series(reading, "hikaricp.connections.pending")
    assert values(pending) == [float(value) for _, value in expected]
    assert [int(time) for time in pending.times_ns] == [round(t * 1e9) for t, _ in expected]
    assert np.nanmax(pending.values) == 14
    timeouts = one_series(reading, "hikaricp.connections.timeout")
    assert timeouts.values[-1] - timeouts.values[0] == 95


def test_unnamed_series_are_counted_not_guessed() -> None:
    reading = read_sample("prometheus-api", "range-gc-pause.json")
    assert summary(reading)["signals"] == ()
    assert summary(reading)["unknown_names"] == (("count", 1), ("examples", ("range-gc-pause",)))
    assert [note.key for note in reading.notes] == ["note.metrics.unnamed"]
    assert reading.start_ns == 1795350467_000_000_000


def test_series_born_during_the_test_start_at_zero() -> None:
    reading = read_sample("prometheus-api", "range-http-count.json")
    boom = one_series(reading, "http.server.requests", Part.COUNT, uri="/api/boom", status="500")
    assert boom.values[0] == 0.0


def test_an_error_answer_says_what_the_server_said() -> None:
    reading = read_sample("prometheus-api", "range-err.json")
    (problem,) = reading.problems
    assert problem.message.key == "problem.metrics.query-error"
    assert "unclosed left parenthesis" in str(dict(problem.message.params)["error"])
    assert reading.records == 0


def test_scalars_have_no_meaning() -> None:
    reading = read_sample("prometheus-api", "instant-scalar.json")
    assert (reading.records, summary(reading)["signals"]) == (1, ())


def _matrix(name: str, numbers: list[object]) -> str:
    pairs = [[1795350467 + at, str(value)] for at, value in enumerate(numbers)]
    series = {"metric": {"__name__": name, "pool": "a"}, "values": pairs}
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [series]}})


def test_several_answers_in_a_row() -> None:
    text = _matrix("hikaricp_connections_active", [1, 2]) + "\n" + _matrix("up", [1]) + "\n"
    reading = read_text("prometheus-api", "HTTP/1.1 200 OK\n\n" + text)
    assert values(one_series(reading, "hikaricp.connections.active")) == [1.0, 2.0]
    assert values(one_series(reading, "up")) == [1.0]


def test_what_jq_leaves() -> None:
    document = json.loads(_matrix("hikaricp_connections_active", [1, "NaN"]))
    for left in (document["data"], document["data"]["result"]):
        text = json.dumps(left)
        assert plugin("prometheus-api").sniff(Head("x", text.encode())) >= 0.9
        assert values(
            one_series(read_text("prometheus-api", text), "hikaricp.connections.active")
        ) == [
            1.0,
            None,
        ]


def test_a_counter_that_falls_often_is_a_rate() -> None:
    reading = read_text(
        "prometheus-api", _matrix("hikaricp_connections_timeout_total", [0, 3, 1, 4, 2, 5, 0])
    )
    assert one_series(reading, "hikaricp.connections.timeout").kind is SignalKind.RATE
    assert [note.key for note in reading.notes] == ["note.metrics.rate"]
    restarted = read_text(
        "prometheus-api", _matrix("hikaricp_connections_timeout_total", [5, 6, 7, 0, 1, 2, 3])
    )
    assert one_series(restarted, "hikaricp.connections.timeout").kind is SignalKind.COUNTER


def test_a_cut_answer_keeps_whole_series() -> None:
    text = (SAMPLES / "prometheus-api/range-hikari-all.json").read_text("utf-8")
    reading = read_text("prometheus-api", text[: len(text) // 2])
    assert reading.records >= 6 * 51
    assert reading.skipped == 1
    assert [problem.message.key for problem in reading.problems] == ["problem.json-cut"]


@pytest.mark.parametrize(
    "text",
    [
        '{"metric":"vus","type":"Point","data":{"time":"2026-11-22T12:00:00Z","value":1}}',
        '{"status":"success","data":[]}',
        '{"results":[{"statement_id":0,"series":[]}]}',
        '{"status":"UP"}',
    ],
)
def test_other_json_is_left_alone(text: str) -> None:
    assert plugin("prometheus-api").sniff(Head("x", text.encode())) == 0.0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"status":"success"}', '{"data":{"result":[1,{"metric":3}]}}']
)
def test_odd_answers_are_no_crash(text: str) -> None:
    assert read_text("prometheus-api", text).records == 0
