"""The store answers by metric, tag and time exactly as the rows that were written."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.model.load import Contains, MetricDeclaration, MetricType
from perfreport.store import SampleStore, SampleWriter

SECOND = 1_000_000_000
DECLARED = (
    MetricDeclaration("http_req_duration", MetricType.TREND, Contains.TIME),
    MetricDeclaration("vus", MetricType.GAUGE, Contains.DEFAULT),
)


def filled(rows: list[tuple[str, dict[str, str], int, float]]) -> SampleStore:
    writer = SampleWriter()
    writer.append(
        np.array([writer.metric(row[0]) for row in rows], np.int64),
        np.array([writer.tagset(row[1]) for row in rows], np.int64),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.float64),
    )
    return SampleStore([writer.finish()], DECLARED)


@pytest.fixture
def store() -> SampleStore:
    return filled([
        ("http_req_duration", {"scenario": "a", "name": "GET /x"}, 1 * SECOND, 100.0),
        ("vus", {}, 3 * SECOND, 5.0),
        ("http_req_duration", {"scenario": "b", "name": "GET /y"}, 2 * SECOND, 300.0),
        ("vus", {}, 2 * SECOND, 4.0),
        ("http_req_duration", {"scenario": "a", "name": "GET /[x]"}, 3 * SECOND, 200.0),
    ])


def test_time_metrics_come_out_in_seconds(store: SampleStore) -> None:
    assert store.samples("http_req_duration").values.tolist() == [0.1, 0.3, 0.2]
    assert store.samples("vus").values.tolist() == [5.0, 4.0]


def test_a_gauge_keeps_its_last_value_in_file_order(store: SampleStore) -> None:
    assert store.totals("vus")[0].last == 4.0
    assert store.series("vus").values.tolist() == [4.0, 5.0]


def test_tags_match_literally_before_they_match_as_globs(store: SampleStore) -> None:
    def matched(pattern: str, *, globs: bool = True) -> int:
        return len(store.samples("http_req_duration", (("name", pattern),), globs=globs))

    assert matched("GET /[x]") == 2  # itself, and GET /x by the glob
    assert matched("GET /[x]", globs=False) == 1
    assert matched("GET *") == 3
    assert matched("POST *") == 0
    assert not len(store.samples("http_req_duration", (("status", "*"),)))  # tag never set


def test_windows_are_half_open(store: SampleStore) -> None:
    found = store.samples("http_req_duration", (), 1 * SECOND, 3 * SECOND)
    assert found.values.tolist() == [0.1, 0.3]


def test_buckets_by_scenario(store: SampleStore) -> None:
    a, b = store.buckets(
        "http_req_duration", SECOND, "scenario", start_ns=SECOND, end_ns=4 * SECOND
    )
    assert (a.value, a.counts.tolist()) == ("a", [1, 0, 1])
    assert (b.value, b.sums.tolist()) == ("b", [0.0, 0.3, 0.0])


def test_buckets_at_start_stand_where_the_work_began(store: SampleStore) -> None:
    (all_of_it,) = store.buckets(
        "http_req_duration", SECOND, start_ns=0, end_ns=4 * SECOND, at_start=True
    )
    assert all_of_it.counts.tolist() == [1, 1, 1, 0]


def test_a_missing_metric_has_no_samples(store: SampleStore) -> None:
    assert store.totals("iterations") == ()
    assert store.quantiles("iterations", (0.5,)) is None
    assert store.buckets("iterations", SECOND, start_ns=0, end_ns=SECOND)[0].counts.tolist() == [0]


def test_merged_stores_answer_over_all_files() -> None:
    one = filled([("http_req_duration", {"instance": "1"}, SECOND, 100.0)])
    two = filled([("http_req_duration", {"instance": "2"}, SECOND, 300.0), ("vus", {}, 0, 1.0)])
    with SampleStore.merged([one, two]) as both:
        assert both.quantiles("http_req_duration", (0.5,)) == (0.2,)
        assert both.tag_values("instance") == ("1", "2")
        assert [part.value for part in both.totals("http_req_duration", "instance")] == ["1", "2"]
        assert both.metrics == ("http_req_duration", "vus")


def test_span_covers_every_metric(store: SampleStore) -> None:
    assert store.span() == (SECOND, 3 * SECOND)
    assert store.span((("scenario", "b"),)) == (2 * SECOND, 2 * SECOND)
    assert store.span((("scenario", "c"),)) is None


def test_virtual_users_of_a_distributed_run_add_up() -> None:
    one = filled([("vus", {}, second * SECOND, 5.0) for second in (1, 2, 3)])
    two = filled([("vus", {}, second * SECOND + SECOND // 2, 2.0) for second in (2, 3, 9)])
    with SampleStore.merged([one, two]) as both:
        found = both.series("vus")
    seconds = (found.times_ns / SECOND).tolist()
    assert dict(zip(seconds, found.values.tolist(), strict=True)) == {
        1.0: 5.0,
        2.0: 5.0,
        2.5: 7.0,
        3.0: 7.0,
        3.5: 7.0,
        9.5: 2.0,  # the first has long ended
    }


def test_tags_with_endless_values_are_folded_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from perfreport.store import _tagsets

    monkeypatch.setattr(_tagsets, "MOST_VALUES", 3)
    names = [f"http://h/items/{number}?t={number}" for number in range(50)]
    with filled([("vus", {"name": name, "vu": name[-1]}, 0, 1.0) for name in names]) as store:
        assert store.tag_values("name") == (*sorted(names[:3]), "http://h/items/{id}?t=*")
        assert store.tag_values("vu") == ("(other)", "0", "1", "2")
        assert store.folded_tags == ("name", "vu")
