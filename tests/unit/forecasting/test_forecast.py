"""Forecasts from one recorded test, held against another one with the change made."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from perfreport import pipeline
from perfreport.diagnosis.scene import Scene
from perfreport.forecasting import forecast, parse_changes
from perfreport.forecasting.demands import fit
from perfreport.forecasting.observed import observe
from perfreport.grading import load_thresholds
from perfreport.model.forecast import Bound, ForecastQuantity
from perfreport.rules import Case
from tests.unit.forecasting.recorded import HOLD, THINK, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.forecast import Forecast, Outlook

USERS = (15, 30, 50, 75)
ORDER = (("name", "POST /order"),)


@pytest.fixture(scope="module")
def before() -> Recording:
    return Recording(USERS, pool=2).play()


@pytest.fixture(scope="module")
def folder(before: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return before.write(tmp_path_factory.mktemp("recorded") / "ST-001")


@contextmanager
def _analysed(folder: Path) -> Iterator[TestAnalysis]:
    with pipeline.read([str(folder)]) as intake:
        yield pipeline.judged(intake.runs[0], load_thresholds(()))


def _predicted(folder: Path, *written: str) -> Outlook:
    with _analysed(folder) as analysis:
        return forecast(analysis, parse_changes(written))


def _find(
    outlook: Outlook, quantity: ForecastQuantity, where: tuple[tuple[str, str], ...] = ()
) -> Forecast:
    return next(one for one in outlook.forecasts if (one.quantity, one.where) == (quantity, where))


def test_demands_of_a_closed_network_are_found_again(folder: Path) -> None:
    with _analysed(folder) as analysis:
        scene = Scene.of(Case(analysis.run, analysis.phases, analysis.measurements))
        observed = observe(scene)
        assert observed is not None
        demands = fit(scene, observed)
    (flow,) = observed.flows
    assert flow.think == pytest.approx(THINK, rel=0.05)
    held = {
        visit.endpoint: demand.hold
        for visit, demand in zip(observed.visits, demands.visits, strict=True)
    }
    assert held["POST /order"] == pytest.approx(HOLD, rel=0.05)
    assert held["GET /page"] == 0


def test_a_bigger_pool_is_predicted_as_it_turns_out(folder: Path) -> None:
    outlook = _predicted(folder, "hikaricp.connections.max=3")
    after = Recording(USERS, pool=3, seed=11).play()
    limit = _find(outlook, ForecastQuantity.THROUGHPUT_LIMIT, ORDER)
    assert limit.value == pytest.approx(after.rate(3, "POST /order"), rel=0.08)
    assert limit.bound is Bound.EXACT
    p95 = _find(outlook, ForecastQuantity.P95)
    assert p95.value == pytest.approx(after.p95(), rel=0.15)
    assert p95.interval[0] <= after.p95() <= p95.interval[1]
    assert outlook.next_bottleneck is not None
    assert outlook.next_bottleneck.key == "forecast.next.limits"


def test_a_limit_out_of_reach_of_the_load_is_a_lower_bound(folder: Path) -> None:
    outlook = _predicted(folder, "hikaricp.connections.max=12")
    after = Recording(USERS, pool=12, seed=11).play()
    limit = _find(outlook, ForecastQuantity.THROUGHPUT_LIMIT, ORDER)
    assert limit.bound is Bound.AT_LEAST
    assert limit.value == pytest.approx(after.rate(3, "POST /order"), rel=0.05)
    said = {assumption.key for assumption in limit.assumptions}
    assert "forecast.assumption.lower-bound" in said


def test_a_pool_that_was_never_full_is_not_forecast(tmp_path: Path) -> None:
    calm = Recording((5, 8, 10, 12), pool=20).play().write(tmp_path / "ST-001")
    outlook = _predicted(calm, "hikaricp.connections.max=40")
    assert outlook.forecasts == ()
    assert [refusal.reason.key for refusal in outlook.refusals] == ["forecast.refusal.pool-free"]


def test_consumers_without_any_lag_are_not_forecast(folder: Path) -> None:
    outlook = _predicted(folder, "kafka.partitions=10")
    assert {refusal.reason.key for refusal in outlook.refusals} == {"forecast.refusal.kept-up"}


def test_the_same_run_gives_the_same_forecast(folder: Path) -> None:
    first, second = (_predicted(folder, "hikaricp.connections.max=3") for _ in range(2))
    assert first.forecasts == second.forecasts
