"""The engine's figures don't depend on how the samples were cut, ordered or laid out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.measure import measure
from perfreport.measure._statistics import quantile
from perfreport.model.load import Contains, LoadSamples
from perfreport.model.phase import Phases
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.sources import k6_json
from perfreport.sources._input import Input
from perfreport.sources._k6_point import Declared, Point, parse_line
from perfreport.store import SampleStore

REF = SourceRef("results.json", "k6-json")
DECLARED = "".join(
    json.dumps(
        {
            "type": "Metric",
            "data": {
                "name": name,
                "type": kind,
                "contains": "time" if name == "http_req_duration" else "default",
                "thresholds": [],
                "submetrics": None,
            },
            "metric": name,
        },
        separators=(",", ":"),
    )
    + "\n"
    for name, kind in (
        ("http_req_duration", "trend"),
        ("http_reqs", "counter"),
        ("http_req_failed", "rate"),
    )
)

moments = st.integers(1_795_350_000_000_000_000, 1_795_350_100_000_000_000)
texts = st.text(max_size=12)
tagsets = st.fixed_dictionaries(
    {"name": texts, "scenario": st.sampled_from(["a", "b"])},
    optional={"expected_response": st.sampled_from(["true", "false"]), "\ud0dc\uadf8": texts},
)
durations = st.integers(0, 10**10).map(lambda ns: ns / 1e6)


def stamp(ns: int) -> str:
    day = np.datetime64(ns // 10**9, "s")
    fraction = f"{ns % 10**9:09d}".rstrip("0")
    return f"{day}.{fraction}Z" if fraction else f"{day}Z"


def line(metric: str, ns: int, value: float, tags: dict[str, str]) -> str:
    found = {
        "metric": metric,
        "type": "Point",
        "data": {"time": stamp(ns), "value": value, "tags": tags},
    }
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


requests = st.tuples(moments, durations, tagsets).map(
    lambda row: [
        line("http_reqs", row[0], 1, row[2]),
        line("http_req_duration", row[0], row[1], row[2]),
        line("http_req_failed", row[0], int(row[2].get("expected_response") == "false"), row[2]),
    ]
)


def samples(text: str) -> LoadSamples:
    (fact,) = k6_json.read(Input("results.json", content=text.encode())).facts(REF)
    assert isinstance(fact, LoadSamples)
    return fact


def figures(fact: LoadSamples) -> list[tuple[object, ...]]:
    run = TestRun("run", (fact,), (REF,))
    found = measure(run, Phases((), fact.start_ns, fact.end_ns), ())
    counts = [(m.selector, m.n) for m in found.metrics]
    return [*counts, *found.statuses, *((s.endpoint, s.requests, s.failed) for s in found.slices)]


def values(fact: LoadSamples) -> dict[str, float]:
    """Every whole-run statistic; sums depend on the order of lines in their last bits only."""
    run = TestRun("run", (fact,), (REF,))
    found = measure(run, Phases((), fact.start_ns, fact.end_ns), ())
    return {str(m.selector): m.value for m in found.metrics if m.value is not None}


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=60), st.floats(0, 1))
def test_quantiles_are_numpys(values: list[float], probability: float) -> None:
    ordered = np.sort(values)
    ours = quantile(ordered, probability)
    assert np.isclose(ours, np.quantile(ordered, probability), rtol=1e-12, atol=0)


@settings(max_examples=25, deadline=None)
@given(st.lists(requests, min_size=1, max_size=20), st.randoms())
def test_order_of_lines_changes_nothing(rows: list[list[str]], random) -> None:
    flat = [text for row in rows for text in row]
    shuffled = rows[:]
    random.shuffle(shuffled)  # whole requests: k6 writes their samples together
    again = [text for row in shuffled for text in row]
    one, two = (samples(DECLARED + "\n".join(part) + "\n") for part in (flat, again))
    assert sorted(map(str, figures(one))) == sorted(map(str, figures(two)))
    assert values(one) == pytest.approx(values(two), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(requests, min_size=2, max_size=20), st.data())
def test_a_file_in_two_parts_is_the_same_run(rows: list[list[str]], data) -> None:
    from dataclasses import replace

    flat = [text for row in rows for text in row]
    cut = 3 * data.draw(st.integers(1, len(rows) - 1))
    whole = samples(DECLARED + "\n".join(flat) + "\n")
    parts = [samples(DECLARED + "\n".join(part) + "\n") for part in (flat[:cut], flat[cut:])]
    store = SampleStore.merged([part.store for part in parts])
    joined = replace(
        parts[0],
        store=store,
        start_ns=min(part.start_ns for part in parts),
        end_ns=max(part.end_ns for part in parts),
    )
    assert sorted(map(str, figures(whole))) == sorted(map(str, figures(joined)))


@settings(max_examples=100, deadline=None)
@given(st.lists(requests, min_size=1, max_size=4), st.data())
def test_a_block_reads_as_its_lines_one_by_one(rows: list[list[str]], data) -> None:
    """The fast reader and the tolerant one agree on every line, whatever happened to it."""
    raw = bytearray((DECLARED + "\n".join(text for row in rows for text in row) + "\n").encode())
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    alone = []
    for text in bytes(raw).split(b"\n"):
        bare = text.strip(b" \t\r\n").strip(b"\0").decode("utf-8", "replace")
        found = parse_line(bare) if bare.startswith("{") else None
        if isinstance(found, Point):
            alone.append(found)
        else:
            assert found is None or isinstance(found, Declared)
    reading = k6_json.read(Input("results.json", content=bytes(raw)))
    assert reading.records == len(alone)
    if not alone:
        return
    (fact,) = reading.facts(REF)
    assert isinstance(fact, LoadSamples)
    for metric in {point.metric for point in alone}:
        mine = [point for point in alone if point.metric == metric]
        found = fact.store.samples(metric)
        assert found.times_ns.tolist() == [point.time_ns for point in mine]
        declared = fact.store.declaration(metric)
        assert declared is not None
        scale = 1000.0 if declared.contains is Contains.TIME else 1.0
        assert found.values.tolist() == [point.value / scale for point in mine]
        for key in {key for point in mine for key in point.tags}:
            codes, labels = fact.store.codes(key)
            told = [labels[c] if c >= 0 else None for c in codes[found.tagsets].tolist()]
            assert told == [point.tags.get(key) for point in mine]
