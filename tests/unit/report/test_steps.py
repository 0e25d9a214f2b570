"""The steps of improvement: a row per step, nothing made up, nothing told twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.advice import Horizon
from perfreport.model.document import Bullets, Grid
from perfreport.model.forecast import (
    Bound,
    Change,
    Forecast,
    ForecastQuantity,
    Ladder,
    Outlook,
    Setup,
    Step,
)
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Story
from perfreport.report.parts._ladder import lags, limits
from perfreport.report.parts.forecast import PLUGIN
from tests.story import intake, said, stress_test

if TYPE_CHECKING:
    from perfreport.model.document import Section
    from perfreport.model.finding import Cell

POOL = "hikaricp.connections.max"
FORMULA = message("forecast.formula.replay")


def forecast(
    quantity: ForecastQuantity, before: float, after: float, bound: Bound = Bound.EXACT
) -> Forecast:
    unit = Unit.COUNT if quantity is ForecastQuantity.KAFKA_LAG_MAX else Unit.PER_SECOND
    return Forecast(quantity, (), before, after, (0.9 * after, 1.1 * after), unit, FORMULA,
                    bound=bound)  # fmt: skip


def today(*figures: tuple[ForecastQuantity, float]) -> Step:
    measured = tuple(
        replace(forecast(quantity, value, value), interval=(value, value))
        for quantity, value in figures
    )
    return Step(None, (), Setup(pool=20, partitions=3, consumers=3), Outlook("ST", (), measured))


def step(horizon: Horizon, changes: tuple[Change, ...], *figures: Forecast, pool: int) -> Step:
    setup = Setup(pool=pool, partitions=3, consumers=3)
    return Step(horizon, changes, setup, Outlook("ST", changes, figures))


LIMIT, LAG = ForecastQuantity.THROUGHPUT_LIMIT, ForecastQuantity.KAFKA_LAG_MAX
SHORT = step(
    Horizon.SHORT, (Change(POOL, 40.0, 20.0),), forecast(LIMIT, 110.0, 200.0), pool=40
)  # fmt: skip
LADDER = Ladder((today((LIMIT, 110.0)), SHORT))


def columns(grid: Grid | None) -> dict[str, list[Cell]]:
    assert grid is not None
    names = [heading.key.rpartition(".")[2] for heading in grid.headings]
    return {name: [row[place] for row in grid.rows] for place, name in enumerate(names)}


def test_every_step_has_its_sizes_its_limit_and_its_gain() -> None:
    told = columns(limits(LADDER))
    assert told["pool"] == [20, 40]
    assert told["limit"] == [Quantity(110.0, Unit.PER_SECOND), Quantity(200.0, Unit.PER_SECOND)]
    (before, after) = told["gain"]
    assert before is None
    assert isinstance(after, Message)
    assert dict(after.params)["share"] == Quantity(pytest.approx(200 / 110 - 1), Unit.RATIO)
    assert "heap" not in told, "nothing tells of the heap"


def test_a_lower_bound_says_so_in_limit_and_gain() -> None:
    bounded = replace(SHORT, outlook=Outlook("ST", SHORT.added, (
        forecast(LIMIT, 110.0, 200.0, Bound.AT_LEAST),)))  # fmt: skip
    told = columns(limits(Ladder((LADDER.steps[0], bounded))))
    assert [cell.key for cell in told["limit"][1:] if isinstance(cell, Message)] == [
        "forecast.at-least"
    ]
    assert [cell.key for cell in told["gain"][1:] if isinstance(cell, Message)] == [
        "forecast.gain-at-least"
    ]


def test_a_step_without_a_forecast_says_that_it_can_not_be_computed() -> None:
    long = Step(Horizon.LONG, (), SHORT.setup, Outlook("ST", ()), (said("replica"),))
    told = columns(limits(Ladder((*LADDER.steps, long))))
    assert told["limit"][2] == message("forecast.not-computed")
    assert told["gain"][2] is None


def test_lag_has_a_table_only_where_a_step_changes_it() -> None:
    seen = today((LIMIT, 110.0), (LAG, 90.0))
    assert lags(Ladder((seen, SHORT))) is None
    wider = step(Horizon.SHORT, (Change("kafka.partitions", 10.0),), forecast(LAG, 90.0, 9.0),
                 pool=20)  # fmt: skip
    told = columns(lags(Ladder((seen, wider))))
    assert told["lag"] == [Quantity(90.0, Unit.COUNT), Quantity(9.0, Unit.COUNT)]
    assert limits(Ladder((seen, wider))) is None, "no step changes the limit"


def sections(ladder: Ladder) -> dict[str, Section]:
    test = replace(stress_test(), ladder=ladder)
    story = Story((test,), intake(test), test.grade.verdict, "perfreport")
    return {one.id.rpartition("-")[2]: one for one in PLUGIN.sections(story)}


def test_a_formula_is_told_at_the_first_step_it_counts_for() -> None:
    again = step(
        Horizon.MID, (*SHORT.added, Change("kafka.partitions", 6.0)),
        forecast(LIMIT, 110.0, 220.0), pool=40,
    )  # fmt: skip
    found = sections(Ladder((*LADDER.steps, again)))

    def labels(name: str) -> list[str]:
        (bullets,) = found[name].blocks
        assert isinstance(bullets, Bullets)
        return [item.label.key for item in bullets.items if item.label is not None]

    assert "forecast.label.formula" in labels("short")
    assert "forecast.label.formula" not in labels("mid")


def test_what_does_not_help_is_told_once_beside_the_steps() -> None:
    note = message("forecast.note.row-lock")
    opinion = message("forecast.note.scalability", limit=Quantity(1.0, Unit.PER_SECOND))
    useless = Outlook("ST", (Change(POOL, 80.0, 40.0),), notes=(opinion, note))
    (bullets,) = sections(replace(LADDER, futile=(useless,)))["futile"].blocks
    assert isinstance(bullets, Bullets)
    assert [(item.text, item.details) for item in bullets.items] == [(note, ())]


def test_steps_without_any_figure_make_no_table_of_nothing() -> None:
    short = Step(Horizon.SHORT, (), LADDER.steps[0].setup, Outlook("ST", ()), (said("fix"),))
    ladder = Ladder((LADDER.steps[0], short))
    assert limits(ladder) is None
    found = sections(ladder)
    assert set(found) == {"today", "uncounted"}


def test_a_load_below_every_limit_shows_no_gain() -> None:
    same = replace(SHORT, outlook=Outlook("ST", SHORT.added, (
        forecast(LIMIT, 110.0, 110.2, Bound.AT_LEAST),)))  # fmt: skip
    assert "gain" not in columns(limits(Ladder((LADDER.steps[0], same))))
