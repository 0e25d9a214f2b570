"""Success rate, request rate and throughput follow from k6's counts, digit by digit."""

from __future__ import annotations

import pytest

from perfreport.measure._derived import bases, derive
from perfreport.model.measurement import Measurement, Selector
from perfreport.model.units import Unit


def answers(
    selector: Selector, failed: int | None, requests: int, seconds: float
) -> tuple[Measurement, ...]:
    """What `measure` says of the counts: 95 % interval of the failed share made up."""
    asked = bases(selector)
    share = None if failed is None or not requests else failed / requests
    passes = None if failed is None else float(failed)
    interval = None if share is None else (share / 2, share * 2)
    return (
        Measurement(asked[0], share, Unit.RATIO, requests, interval),
        Measurement(asked[1], passes, Unit.COUNT, requests),
        Measurement(asked[2], float(requests), Unit.COUNT, requests),
        Measurement(asked[3], requests / seconds, Unit.PER_SECOND, requests),
    )


@pytest.mark.parametrize(
    ("metric", "failed", "requests", "value"),
    [
        ("success_rate", 7, 100, 0.93),  # 1 - 0.07 would be 0.9299999999999999
        ("success_rate", 0, 100, 1.0),
        ("success_rate", None, 100, None),
        ("request_rate", 7, 100, 10.0),
        ("request_rate", None, 100, 10.0),
        ("request_rate", 0, 0, None),
        ("throughput", 7, 100, 9.3),
        ("throughput", 0, 100, 10.0),
        ("throughput", None, 100, None),
        ("throughput", 0, 0, None),
    ],
)
def test_derived_figures(
    metric: str, failed: int | None, requests: int, value: float | None
) -> None:
    selector = Selector(metric, "rate", (("scenario", "x"),), "plateau")
    found = derive(selector, answers(selector, failed, requests, 10.0))
    assert found.value == (None if value is None else pytest.approx(value, abs=1e-15))
    assert found.selector == selector
    assert found.unit is (Unit.RATIO if metric == "success_rate" else Unit.PER_SECOND)


def test_the_interval_of_a_success_rate_is_turned_over() -> None:
    selector = Selector("success_rate", "rate")
    found = derive(selector, answers(selector, 10, 100, 10.0))
    assert found.interval == (0.8, 0.95)


def test_bases_keep_scope_and_phase() -> None:
    selector = Selector("throughput", "rate", (("name", "*"),), "stage-2")
    assert {(one.where, one.phase) for one in bases(selector)} == {((("name", "*"),), "stage-2")}
    assert bases(Selector("http_reqs", "rate")) == ()
    assert bases(Selector("throughput", "p(95)")) == ()
