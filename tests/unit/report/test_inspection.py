"""`perfreport inspect`: the stable JSON, and a table that fits a terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from perfreport.model.message import message
from perfreport.model.run import Intake, TestRun
from perfreport.model.source import Clock, ClockKind, Problem, SourceRef
from perfreport.render.i18n import Catalogue, languages
from perfreport.render.inspection import show_inspection
from perfreport.report.inspection import as_json, inspect, iso_instant
from perfreport.sources import ingest

RUNS = Path(__file__).parents[2] / "runs"
T0 = 1_795_349_900_000_000_000


def test_the_keys_scripts_rely_on() -> None:
    say = Catalogue("en").text
    with ingest([str(RUNS / "segments")]) as intake:
        told = as_json(inspect(intake), lambda said: str(say(said)))
    told = json.loads(json.dumps(told))
    assert told["format"] == 1
    assert told["tests"] == ["segments"]
    files = {entry["path"]: entry for entry in told["files"]}
    assert set(files) == {path.name for path in (RUNS / "segments").iterdir()}
    summary = files["seg_a.summary.json"]
    assert summary["kind"] == "k6-summary"
    assert summary["clock"] == "unknown"
    assert summary["start"] is None
    assert summary["summary"]["seconds"] == 4.004428651
    assert summary["summary"]["seconds_estimated"] is False
    samples = files["seg_a.json.gz"]
    assert {key: samples[key] for key in ("kind", "records", "skipped", "clock", "tests")} == {
        "kind": "k6-json",
        "records": 801,
        "skipped": 0,
        "clock": "utc",
        "tests": ["segments"],
    }
    assert samples["start"].startswith("2026-11-22T12:30:09")
    assert samples["end"].endswith("Z")
    assert samples["summary"]["requests"] == 61


def test_clocks_of_a_test_win_over_those_of_the_file() -> None:
    """Alignment happens in the test; the file list shows its outcome."""
    found = SourceRef("gc.log", "gc-log", start_ns=5 * 10**9, end_ns=9 * 10**9)
    aligned = Clock(ClockKind.ALIGNED, -T0, message("inspection.no-tests"))
    placed = SourceRef("gc.log", "gc-log", start_ns=T0, end_ns=T0 + 10**9, clock=aligned)
    intake = Intake((TestRun("LT", (), (placed,)),), (found,))
    (entry,) = as_json(inspect(intake), lambda said: said.key)["files"]
    assert entry["clock"] == "aligned"
    assert entry["start"] == "2026-11-22T12:18:20Z"
    assert entry["notes"] == ["inspection.no-tests"]


@pytest.mark.parametrize(
    ("kind", "start"), [(ClockKind.RELATIVE, None), (ClockKind.UNKNOWN, "2026-11-22T12:18:20")]
)
def test_times_without_a_zone_do_not_pose_as_utc(kind: ClockKind, start: str | None) -> None:
    ref = SourceRef("slow.log", "slow-query-log", start_ns=T0, end_ns=T0, clock=Clock(kind))
    (entry,) = as_json(inspect(Intake((), (ref,))), lambda said: said.key)["files"]
    assert entry["start"] == start


def test_pairs_become_objects_and_lists_stay_lists() -> None:
    ref = SourceRef(
        "a", "b", summary=(("x", (("k", 1), ("l", (("m", None),)))), ("y", ("p", "q")), ("z", ()))
    )
    (entry,) = as_json(inspect(Intake((), (ref,))), lambda said: said.key)["files"]
    assert entry["summary"] == {"x": {"k": 1, "l": {"m": None}}, "y": ["p", "q"], "z": []}


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (T0, "2026-11-22T12:18:20Z"),
        (T0 + 5, "2026-11-22T12:18:20.000000005Z"),
        (T0 + 120_000_000, "2026-11-22T12:18:20.12Z"),
        (None, None),
        (10**30, None),
    ],
)
def test_instants_keep_every_digit(time_ns: int | None, text: str | None) -> None:
    assert iso_instant(time_ns) == text


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", languages())
def test_the_table_fits_and_shows_every_file(language: str, width: int) -> None:
    from rich.cells import cell_len
    from rich.console import Console

    hostile = SourceRef("[red]a\n\x1b[31mb.log", "unknown")
    problem = Problem("[red]a\n\x1b[31mb.log", message("problem.archive-cut"))
    stream = io.StringIO()
    with ingest([str(RUNS / "aborted")]) as intake:
        both = Intake(intake.runs, (*intake.sources, hostile), (*intake.problems, problem))
        inspection = inspect(both)
    show_inspection(
        inspection, Catalogue(language), Console(file=stream, width=width, color_system=None)
    )
    text = stream.getvalue()
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "k6-console" in text
    assert "[red]a" in text
    assert "1,298" in text
    assert "aborted/killed" in text
