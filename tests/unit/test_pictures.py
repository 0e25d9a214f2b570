"""Figures show what was measured, in files that the report refers to, whatever the names hold."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from perfreport.errors import UsageError
from perfreport.model.advice import Horizon
from perfreport.model.analysis import Diagnosis
from perfreport.model.figure import BarChart, Charts, Figure, Stroke
from perfreport.model.forecast import Forecast, ForecastQuantity, Ladder, Outlook, Setup, Step
from perfreport.model.grade import FailOn
from perfreport.model.measurement import Timeline
from perfreport.model.units import NS_PER_SECOND, Unit
from perfreport.pipeline import analyze
from perfreport.render import charts_for, charts_missed, find_formats
from perfreport.render.formats import markdown
from perfreport.render.i18n import Catalogue, languages
from perfreport.render.output import write
from perfreport.render.pictures import figures_of, pictures
from perfreport.render.vega import specification
from perfreport.report import build
from perfreport.report.parts._ladder_picture import before_after
from tests import story
from tests.rules.served import Stage, findings, served

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.report import Report


ROOT = Path(__file__).parents[2]


def timed(test: TestAnalysis) -> TestAnalysis:
    """Give a test a timeline in which the third bucket is empty."""
    starts = story.START + 10 * NS_PER_SECOND * np.arange(6, dtype=np.int64)
    rate = np.array([10.0, 20, 0, 30, 30, 25])
    slow = np.array([0.1, 0.2, np.nan, 0.4, 0.5, 0.3])
    line = Timeline(None, None, 10.0, starts, rate, rate - [0, 0, 0, 3, 0, 0], slow / 2, slow, slow)
    return replace(test, measurements=replace(test.measurements, timelines=(line,)))


def report_of(*tests: TestAnalysis, charts: Charts = Charts.SVG) -> Report:
    return build(tests, story.intake(*tests), FailOn.FAIL, charts)


def figure_of(test: TestAnalysis, name: str) -> Figure:
    return next(one for one in figures_of(report_of(test)) if one.id == f"test-1-{name}")


def test_no_figure_is_made_unless_it_is_asked_for() -> None:
    assert list(figures_of(report_of(timed(story.stress_test()), charts=Charts.NONE))) == []


def test_time_figures_hold_the_measured_values_and_break_where_nothing_was_measured() -> None:
    figure = figure_of(timed(story.load_test()), "over-time")
    latency, throughput = figure.panels[:2]
    assert latency.curves[1].x == (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)
    assert latency.curves[1].y == (0.1, 0.2, None, 0.4, 0.5, 0.3)
    assert throughput.curves[0].y == (10.0, 20.0, 0.0, 27.0, 30.0, 25.0)
    assert throughput.curves[1].y == (0.0, 0.0, 0.0, 3.0, 0.0, 0.0)


def test_objectives_are_drawn_where_they_do_not_press_the_curves_flat() -> None:
    levels = figure_of(timed(story.load_test()), "over-time").panels[0].levels
    limits = {
        bound.limit
        for grade in story.load_test().grade.grades
        if grade.objective.selector.metric == "http_req_duration"
        for bound in grade.objective.target
    }
    assert levels
    assert {level.value for level in levels} <= limits


def test_load_figures_hold_the_stages_and_where_they_broke() -> None:
    figure = figure_of(story.stress_test(), "over-load")
    throughput, latency, errors = figure.panels
    assert throughput.curves[0].x == (100.0, 200.0, 300.0, 400.0, 500.0)
    assert throughput.curves[0].y == (28.0, 55.0, 82.0, 98.0, 85.0)
    assert latency.curves[1].y == (0.29, 0.38, 0.65, 1.85, 3.5)
    assert errors.curves[0].y == (0.001, 0.003, 0.012, 0.048, 0.125)
    assert [moment.at for moment in figure.moments] == [400.0]


def test_the_scalability_law_stands_over_the_stages_it_fits() -> None:
    test = story.stress_test()
    assert [curve.stroke for curve in figure_of(test, "over-load").panels[0].curves] == [
        Stroke.MARKED, Stroke.MARKED, Stroke.MODEL
    ]  # fmt: skip
    law = figure_of(test, "over-load").panels[0].curves[2]
    measured = figure_of(test, "over-load").panels[0].curves[0]
    assert (law.x[0], law.x[-1]) == (measured.x[0], measured.x[-1])
    near = np.interp(measured.x, law.x, [value or 0.0 for value in law.y])
    assert np.abs(near - np.array(measured.y, dtype=float)).max() < 0.15 * 98


def test_a_test_without_stages_has_no_load_figure() -> None:
    ids = [figure.id for figure in figures_of(report_of(timed(story.load_test())))]
    assert ids == ["test-1-over-time"]


@pytest.mark.parametrize("language", languages())
def test_every_picture_of_the_report_lies_beside_it(tmp_path: Path, language: str) -> None:
    pytest.importorskip("vl_convert")
    report = report_of(timed(story.load_test()), timed(story.stress_test()))
    path = write(markdown.PLUGIN, report, Catalogue(language), tmp_path)
    linked = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    files = [f"figures/{one.name}" for one in sorted((tmp_path / "figures").iterdir())]
    assert len(linked) == 3
    assert sorted(linked) == files
    for one in linked:
        root = ET.fromstring((tmp_path / one).read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_same_figure_gives_the_same_bytes() -> None:
    pytest.importorskip("vl_convert")
    report = report_of(timed(story.stress_test()))
    assert list(pictures(report, Catalogue("ko"))) == list(pictures(report, Catalogue("ko")))


def test_names_from_outside_stay_text_and_nothing_is_fetched() -> None:
    pytest.importorskip("vl_convert")
    test = timed(story.stress_test())
    first, *rest = test.phases.phases
    hostile = replace(first, title=story.said(story.HOSTILE[:60]))
    test = replace(test, phases=replace(test.phases, phases=(hostile, *rest)))
    for _, content in pictures(report_of(test), Catalogue("en")):
        svg = content.decode()
        assert "<script" not in svg
        assert not re.findall(r"""(?:href|src)=["']""", svg)
        ET.fromstring(svg)


def test_response_times_below_a_second_are_drawn_in_milliseconds() -> None:
    figure = figure_of(timed(story.load_test()), "over-time")
    spec = specification(figure, Catalogue("en"))
    axis = spec["vconcat"][0]["encoding"]["y"]["title"]  # type: ignore[index,call-overload]
    assert axis == "Response time (ms)"


def test_without_the_package_that_draws_the_user_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    with pytest.raises(UsageError) as raised:
        list(pictures(report_of(timed(story.load_test())), Catalogue("ko")))
    assert "charts" in Catalogue("ko").text(raised.value.hint or "")


def test_mermaid_charts_need_no_files(tmp_path: Path) -> None:
    report = report_of(timed(story.stress_test()), charts=Charts.MERMAID)
    path = write(markdown.PLUGIN, report, Catalogue("en"), tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["report.md"]
    text = path.read_text(encoding="utf-8")
    charts = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    assert len(charts) == len([panel for one in figures_of(report) for panel in one.panels])
    for chart in charts:
        lines = re.findall(r"line \[(.*)\]", chart)
        assert lines
        counts = {len(line.split(",")) for line in lines}
        assert len(counts) == 1
        axis = chart.split("x-axis")[1].split("\n")[0]
        assert " --> " in axis or counts == {axis.count('"') // 2 - 1}
        palette = re.search(r'"plotColorPalette": "([^"]+)"', chart)
        assert palette is not None
        assert len(palette[1].split(",")) == len(lines)


def test_charts_are_drawn_where_they_are_asked_for_or_belong() -> None:
    pytest.importorskip("vl_convert")
    page, text, machine = (find_formats(names) for names in (["html"], ["md", "json"], ["json"]))
    assert charts_for(None, text, files=True) is Charts.SVG
    assert charts_for(None, text, files=False) is Charts.NONE
    assert charts_for(None, machine, files=True) is Charts.NONE
    assert charts_for(None, page, files=True) is Charts.SVG
    assert charts_for(Charts.NONE, text, files=True) is Charts.NONE
    assert charts_for(Charts.SVG, text, files=True) is Charts.SVG
    assert charts_for(Charts.SVG, text, files=False) is Charts.NONE
    assert charts_for(Charts.SVG, page, files=False) is Charts.SVG
    assert charts_for(Charts.MERMAID, text, files=False) is Charts.MERMAID
    assert not charts_missed(None, text, files=True)


def test_whoever_lacks_the_package_gets_a_report_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("perfreport.render.find_spec", lambda _: None)
    text, machine = find_formats(["md"]), find_formats(["json"])
    assert charts_for(None, text, files=True) is Charts.NONE
    assert charts_missed(None, text, files=True)
    assert not charts_missed(Charts.NONE, text, files=True)
    assert not charts_missed(None, machine, files=True)


def test_the_server_figure_holds_the_pool_with_its_limit_and_the_onsets() -> None:
    calm = Stage(pool=10, active=3, pending=0)
    full = Stage(pool=10, active=10, pending=30, vus=60, p95=2.0)
    case = served(calm, full, full)
    found = findings("pool-exhausted", case)
    base = story.load_test()
    test = replace(
        base,
        run=case.run,
        phases=case.phases,
        measurements=case.measurements,
        diagnosis=Diagnosis(found),
    )
    figure = figure_of(test, "server")
    active, pending, most = figure.panels[0].curves
    assert max(value or 0 for value in active.y) == 10
    assert max(value or 0 for value in pending.y) == 30
    assert most.stroke is Stroke.LIMIT
    assert set(most.y) == {10.0}
    assert found
    onsets = [one.onset_ns for one in found if one.onset_ns is not None]
    assert [moment.at for moment in figure.moments] == [
        (onset - case.phases.start_ns) / NS_PER_SECOND for onset in onsets
    ]


def test_database_time_is_drawn_by_statement_and_adds_up() -> None:
    report = analyze([str(ROOT / "samples/ecommerce/PT-001")], charts=Charts.SVG)
    chart = next(one for one in figures_of(report) if one.id == "test-1-queries")
    assert isinstance(chart, BarChart)
    (panel,) = chart.panels
    assert sum(bar.value for bar in panel.bars) == pytest.approx(1.0, abs=0.02)
    assert panel.bars[0].strong
    values = [bar.value for bar in panel.bars if bar.strong]
    assert values == sorted(values, reverse=True)


def test_the_picture_reaches_until_the_backlog_is_gone_and_shows_one_host_once() -> None:
    report = analyze([str(ROOT / "samples/ecommerce/PT-001")], charts=Charts.SVG)
    figure = next(one for one in figures_of(report) if one.id == "test-1-server")
    assert isinstance(figure, Figure)
    panels = {panel.title.key.rpartition(".")[2]: panel for panel in figure.panels}
    (lag,) = panels["lag"].curves
    known = [value for value in lag.y if value is not None]
    assert known[-1] < 0.02 * max(known)
    assert [curve.name.key.rpartition(".")[2] for curve in panels["cpu"].curves] == [
        "host", "process"
    ]  # fmt: skip


def test_improvement_steps_are_drawn_with_their_intervals() -> None:
    before, after = 110.0, 200.0
    figures = [
        Forecast(ForecastQuantity.THROUGHPUT_LIMIT, (), before, value, interval, Unit.PER_SECOND,
                 story.said("formula"))
        for value, interval in ((before, (before, before)), (after, (180.0, 215.0)))
    ]  # fmt: skip
    steps = (
        Step(None, (), Setup(), Outlook("LT", (), (figures[0],))),
        Step(Horizon.SHORT, (), Setup(), Outlook("LT", (), (figures[1],))),
    )
    chart = before_after(replace(story.load_test(), ladder=Ladder(steps)), "steps")
    assert chart is not None
    now, short = chart.panels[0].bars
    assert (now.value, now.interval, now.strong) == (before, None, False)
    assert (short.value, short.interval, short.strong) == (after, (180.0, 215.0), True)
    assert before_after(replace(story.load_test(), ladder=Ladder(steps[:1])), "steps") is None
    spec = specification(chart, Catalogue("en"))
    layers = spec["vconcat"][0]["layer"]  # type: ignore[index,call-overload]
    spread = [layer["data"]["values"] for layer in layers if "data" in layer]
    assert spread[0] == [{"row": 1, "low": 180.0, "high": 215.0}]
