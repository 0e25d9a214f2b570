"""A forecast replaces what the finding's own figures suggest, and only for its own plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.advice import expecting
from perfreport.model.forecast import Bound, Change, Forecast, ForecastQuantity, Outlook, Refusal
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from tests.advised import advised, cause

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.model.advice import Recommendation

CONFIG = "spring:\n  datasource:\n    hikari:\n      maximum-pool-size: 20\n"
LIMIT = Forecast(
    ForecastQuantity.THROUGHPUT_LIMIT, (), 110.0, 200.0, (180.0, 215.0), Unit.PER_SECOND,
    message("forecast.formula.replay"),
)  # fmt: skip


def _with(
    tmp_path: Path, *forecasts: Forecast, size: float = 55.0, **more: object
) -> Recommendation:
    advice = advised(tmp_path, {"application.yml": CONFIG}, cause("pool-undersized"))
    change = Change("hikaricp.connections.max", size, 20.0)
    outlook = replace(Outlook("LT-001", (change,), forecasts), **more)
    found = expecting(advice, (outlook,)).recommendations
    return next(one for one in found if one.remedy == "pool-size")


def _said(one: Recommendation) -> dict[str, object]:
    assert one.effect.key == "advice.effect.forecast"
    (said,) = dict(one.effect.params)["said"]  # type: ignore[misc]
    return {"key": said.key} | dict(said.params)  # type: ignore[union-attr]


def test_the_forecast_is_the_expected_effect(tmp_path: Path) -> None:
    said = _said(_with(tmp_path, LIMIT))
    assert said["key"] == "advice.effect.change"
    assert said["value"] == Quantity(200.0, Unit.PER_SECOND)
    assert said["baseline"] == Quantity(110.0, Unit.PER_SECOND)


def test_a_lower_bound_says_so(tmp_path: Path) -> None:
    said = _said(_with(tmp_path, replace(LIMIT, bound=Bound.AT_LEAST)))
    assert said["key"] == "advice.effect.at-least"


def test_another_plan_tells_nothing(tmp_path: Path) -> None:
    one = _with(tmp_path, LIMIT, size=40.0)
    assert one.effect.key == "remedies.pool-size.effect"


def test_one_endpoint_is_not_the_whole(tmp_path: Path) -> None:
    one = _with(tmp_path, replace(LIMIT, where=(("name", "POST /orders"),)))
    assert one.effect.key == "remedies.pool-size.effect"


def test_a_refusal_is_shown_and_the_figures_stay(tmp_path: Path) -> None:
    reason = message("forecast.refusal.no-calls")
    one = _with(tmp_path, refusals=(Refusal(reason),))
    assert one.effect.key == "remedies.pool-size.effect"
    assert reason in one.notes
