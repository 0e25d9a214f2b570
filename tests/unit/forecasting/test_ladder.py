"""The steps of improvement: today as measured, then what the recommendations add to each other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from perfreport import pipeline
from perfreport.forecasting import improvements
from perfreport.forecasting.ladder import rungs
from perfreport.grading import load_thresholds
from perfreport.model.advice import Advice, Effort, Horizon, Recommendation
from perfreport.model.finding import Priority
from perfreport.model.forecast import Bound, Change, ForecastQuantity
from perfreport.model.message import message
from tests.unit.forecasting.recorded import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perfreport.model.analysis import TestAnalysis

POOL = "hikaricp.connections.max"
WORD = message("report.as-code", text="x")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recorded = Recording((15, 30, 50, 75), pool=2).play()
    return recorded.write(tmp_path_factory.mktemp("ladder") / "ST-001")


def _recommended(horizon: Horizon, *plan: Change) -> Recommendation:
    return Recommendation(
        "made-up", horizon, Priority.P0, "pool-undersized", None,
        WORD, WORD, WORD, WORD, WORD, WORD, Effort.HOURS, plan=plan,
    )  # fmt: skip


@contextmanager
def _analysed(folder: Path) -> Iterator[TestAnalysis]:
    with pipeline.read([str(folder)]) as intake:
        yield pipeline.judged(intake.runs[0], load_thresholds(()))


def test_a_later_step_keeps_what_an_earlier_one_gave() -> None:
    advice = Advice((
        _recommended(Horizon.SHORT, Change(POOL, 8.0)),
        _recommended(Horizon.MID, Change(POOL, 4.0), Change("transaction.remote-call", "outside")),
    ))
    found = rungs(advice)
    assert found[Horizon.SHORT] == (Change(POOL, 8.0),)
    assert found[Horizon.MID] == (Change(POOL, 8.0), Change("transaction.remote-call", "outside"))
    assert Horizon.LONG not in found


def test_steps_climb_from_what_was_measured(folder: Path) -> None:
    advice = Advice((
        _recommended(Horizon.SHORT, Change(POOL, 3.0)),
        _recommended(Horizon.MID, Change(POOL, 12.0)),
        _recommended(Horizon.LONG),
    ))
    with _analysed(folder) as analysis:
        outlooks, ladder = improvements(analysis, advice)
    assert [step.horizon for step in ladder.steps] == [None, *Horizon]
    assert [step.setup.pool for step in ladder.steps] == [2, 3, 12, 12]
    assert len(outlooks) == 2
    today, short, mid, long = (
        step.find(ForecastQuantity.THROUGHPUT_LIMIT) for step in ladder.steps
    )
    assert today is not None
    assert short is not None
    assert mid is not None
    assert short.baseline == pytest.approx(today.value)
    assert today.value < short.value < mid.value
    assert mid.bound is Bound.AT_LEAST
    assert long is None
    assert ladder.steps[3].uncounted == (WORD,)
    gain = ladder.gain(ladder.steps[1], ForecastQuantity.THROUGHPUT_LIMIT)
    assert gain == pytest.approx(short.value / today.value - 1)


def test_without_recommendations_there_is_no_ladder(folder: Path) -> None:
    with _analysed(folder) as analysis:
        assert improvements(analysis, Advice())[1].steps == ()
