"""Every kind of change: forecast from a recorded test, held against the system with it made.

The truth is a simulated shop whose demands are known; the forecast sees only the files of the test
before the change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from perfreport import pipeline
from perfreport.forecasting import forecast, parse_changes
from perfreport.grading import load_thresholds
from perfreport.model.forecast import Bound, ForecastQuantity
from tests.unit.forecasting.recorded import Recording, Shop

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.model.forecast import Forecast, Outlook

USERS = (15, 30, 50, 75)
ORDER = (("name", "POST /order"),)
CALLS = Shop(pool=4, call=0.06, hold=0.01)
LOCKS = Shop(pool=20, lock=0.03, hold=0.005)
ITEMS = Shop(pool=3, items=12, trip=0.004, hold=0.008)
SCANS = Shop(pool=4, scan=0.08, hold=0.005)
FEW_THREADS = Shop(pool=20, threads=3, hold=0.03)

KINDS: dict[str, tuple[Shop, str, dict[str, Any], Bound]] = {
    "pool": (Shop(pool=2), "hikaricp.connections.max=3", {"pool": 3}, Bound.EXACT),
    "smaller pool": (Shop(pool=3), "hikaricp.connections.max=2", {"pool": 2}, Bound.EXACT),
    "pool out of reach": (
        Shop(pool=2), "hikaricp.connections.max=12", {"pool": 12}, Bound.AT_LEAST,
    ),
    "remote call": (
        CALLS, "transaction.remote-call=outside", {"outside": True}, Bound.AT_LEAST,
    ),
    "row lock": (LOCKS, "transaction.row-lock=0.02", {"lock": 0.02, "scan": 0.01},
                 Bound.EXACT),
    "row lock out of reach": (
        LOCKS, "transaction.row-lock=5ms", {"lock": 0.005, "scan": 0.025}, Bound.AT_LEAST,
    ),
    "a pool on a hot row": (LOCKS, "hikaricp.connections.max=40", {"pool": 40}, Bound.EXACT),
    "statements together": (ITEMS, "batch:insert into items=12", {"items": 1}, Bound.AT_LEAST),
    "statements by threes": (ITEMS, "batch:insert into items=3", {"items": 4}, Bound.AT_LEAST),
    "index": (SCANS, "index:from coupons", {"scan": 0.0008}, Bound.AT_LEAST),
    "threads": (FEW_THREADS, "tomcat.threads.max=4", {"threads": 4}, Bound.EXACT),
    "threads out of reach": (
        FEW_THREADS, "tomcat.threads.max=200", {"threads": 200}, Bound.AT_LEAST,
    ),
}  # fmt: skip


def _predicted(folder: Path, written: str) -> Outlook:
    with pipeline.read([str(folder)]) as intake:
        analysis = pipeline.judged(intake.runs[0], load_thresholds(()))
        return forecast(analysis, parse_changes([written]))


def _find(
    outlook: Outlook, quantity: ForecastQuantity, where: tuple[tuple[str, str], ...] = ()
) -> Forecast:
    reasons = [one.reason.key for one in outlook.refusals]
    found = [one for one in outlook.forecasts if (one.quantity, one.where) == (quantity, where)]
    assert found, reasons
    return found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_turns_out_as_predicted(kind: str, tmp_path: Path) -> None:
    shop, written, mended, bound = KINDS[kind]
    folder = Recording(USERS, shop=shop).play().write(tmp_path / "ST-001")
    outlook = _predicted(folder, written)
    after = Recording(USERS, shop=replace(shop, **mended), seed=11).play()
    limit = _find(outlook, ForecastQuantity.THROUGHPUT_LIMIT)
    measured = max(after.rate(stage) for stage in range(len(USERS)))
    assert limit.value == pytest.approx(measured, rel=0.08)
    assert limit.interval[0] <= measured <= limit.interval[1]
    assert limit.bound is bound
    p95 = _find(outlook, ForecastQuantity.P95)
    assert p95.value == pytest.approx(after.p95(), rel=0.25)
    assert p95.interval[0] <= after.p95() <= p95.interval[1]


def test_the_lowest_bound_is_the_limit_and_the_next_one_is_named(tmp_path: Path) -> None:
    shop = Shop(pool=2, threads=30)
    outlook = _predicted(
        Recording(USERS, shop=shop).play().write(tmp_path / "ST-001"), "hikaricp.connections.max=3"
    )
    bounds = [(dict(one.where)["resource"], one.value) for one in outlook.bounds]
    assert [name for name, _ in bounds] == ["pool", "threads"]
    # Half of the requests are orders: 3 / 0.04 s of them, and as many pages.
    assert bounds[0][1] == pytest.approx(2 * 3 / shop.hold, rel=0.1)
    assert outlook.next_bottleneck is not None
    said = dict(outlook.next_bottleneck.params)
    assert getattr(said["station"], "key", None) == "forecast.station.pool"


@pytest.mark.parametrize("planned", [True, False], ids=["with a plan", "without a plan"])
def test_an_arrival_rate_is_played_again_as_it_came(tmp_path: Path, *, planned: bool) -> None:
    """Orders come as they come: too small a pool shows in waiting, not in throughput."""
    load = (20, 30, 45)
    before = Recording(load, shop=Shop(pool=2), open_loop=True, stage=15.0).play()
    outlook = _predicted(
        before.write(tmp_path / "LT-001", planned=planned), "hikaricp.connections.max=3"
    )
    after = Recording(load, shop=Shop(pool=3), open_loop=True, stage=15.0).play()
    limit = _find(outlook, ForecastQuantity.THROUGHPUT_LIMIT)
    assert limit.value == pytest.approx(max(after.rate(stage) for stage in range(3)), rel=0.08)
    p95 = _find(outlook, ForecastQuantity.P95)
    assert p95.interval[0] <= after.p95() <= p95.interval[1]


def test_a_long_test_is_played_in_less_time_with_the_same_answer(tmp_path: Path) -> None:
    load = (20, 40, 60, 80)
    before = Recording(load, shop=Shop(pool=2), stage=100.0).play()
    assert len(before.requests) > 30_000
    outlook = _predicted(before.write(tmp_path / "ST-001"), "hikaricp.connections.max=3")
    after = Recording(load, shop=Shop(pool=3), stage=100.0, seed=11).play()
    limit = _find(outlook, ForecastQuantity.THROUGHPUT_LIMIT)
    assert limit.value == pytest.approx(max(map(after.rate, range(4))), rel=0.05)
    p95 = _find(outlook, ForecastQuantity.P95)
    assert p95.value == pytest.approx(after.p95(), rel=0.15)
