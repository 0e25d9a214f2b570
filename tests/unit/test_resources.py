"""The tables of server signals: one row per held phase, nothing aggregated that must not be."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.document import Grid, Paragraph
from perfreport.model.grade import FailOn
from perfreport.model.measurement import SignalStats
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report import build
from tests import story


def signal(name: str, phase: str, value: float, **labels: str) -> SignalStats:
    return SignalStats(
        name, tuple(labels.items()), phase, Unit.COUNT, 10, value, value, value, value, value, value
    )


def section(test: object, name: str) -> tuple[object, ...]:
    report = build((test,), story.intake(test), FailOn.FAIL)  # type: ignore[arg-type]
    found = report.find(name)
    assert found is not None
    return found.blocks


def test_without_data_one_line_says_which_file_would_help() -> None:
    blocks = section(story.stress_test(), "database")
    assert blocks == (Paragraph((message("part.database.missing"),)),)


def test_a_pool_is_shown_against_its_size_stage_by_stage() -> None:
    test = story.stress_test()
    signals = tuple(
        signal(f"hikaricp.connections.{what}", phase.name, value, pool="main")
        for phase in test.phases.phases[:2]
        for what, value in (("active", 9.0), ("max", 20.0))
    )
    test = replace(test, measurements=replace(test.measurements, signals=signals))
    grid = section(test, "database")[0]
    assert isinstance(grid, Grid)
    assert len(grid.rows) == 2
    twenty, nine = Quantity(20.0, Unit.COUNT), Quantity(9.0, Unit.COUNT)
    share = Quantity(0.45, Unit.RATIO)
    assert grid.rows[0][1:] == ("main", message("signal.of", value=nine, limit=twenty, share=share))


def test_means_of_several_series_are_not_averaged() -> None:
    test = story.stress_test()
    signals = (
        signal("process.cpu.usage", "stage-1", 0.2, instance="a"),
        signal("process.cpu.usage", "stage-1", 0.8, instance="b"),
        signal("jvm.threads.live", "stage-1", 30.0, instance="a"),
        signal("jvm.threads.live", "stage-1", 40.0, instance="b"),
    )
    test = replace(test, measurements=replace(test.measurements, signals=signals))
    grid = section(test, "application")[0]
    assert isinstance(grid, Grid)
    assert [heading.key for heading in grid.headings] == ["column.phase", "signal.threads"]
    assert grid.rows[0][1] == Quantity(40.0, Unit.COUNT)
