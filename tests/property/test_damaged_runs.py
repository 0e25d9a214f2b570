"""A damaged file beside others costs itself at most: the folder is still taken in and joined."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.render.i18n import Catalogue
from perfreport.report.inspection import as_json, inspect
from perfreport.sources import ingest

RUNS = Path(__file__).parents[1] / "runs"
FOLDERS = {
    name: {
        path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz" and "killed" not in path.name
        else path.read_bytes()
        for path in sorted((RUNS / name).iterdir())
    }
    for name in ("untagged", "segments")
}
FILES = [(folder, name) for folder, files in FOLDERS.items() for name in files]
DIGITS = b"0123456789"
ENGLISH = Catalogue("en")


@settings(max_examples=30, deadline=None)
@given(damaged=st.lists(st.sampled_from(FILES), min_size=1, max_size=3), draw=st.data())
def test_damage_never_ends_in_a_traceback(
    damaged: list[tuple[str, str]], draw: st.DataObject
) -> None:
    folder = damaged[0][0]
    files = dict(FOLDERS[folder])
    for name in {name for _, name in damaged if name in files}:
        content = bytearray(files[name])
        for _ in range(draw.draw(st.integers(1, 6))):
            _damage(content, draw)
        files[name] = bytes(content)
    _assert_taken_in(files)


@pytest.mark.parametrize("year", [b"0026", b"1970", b"2262", b"9999"])
def test_a_damaged_year_costs_its_line(year: bytes) -> None:
    """Found by the test above: such a time overflows 64-bit nanoseconds."""
    files = dict(FOLDERS["segments"])
    whole = files["seg_a.json"]
    at = whole.index(b'"time":"2026') + len(b'"time":"')
    files["seg_a.json"] = whole[:at] + year + whole[at + 4 :]
    told = _assert_taken_in(files)
    assert told["seg_a.json"]["skipped"] == 1


@pytest.mark.parametrize("time", [b"0", b"17953", b"9" * 17, b"9" * 19, b"9" * 40])
def test_an_impossible_time_in_a_csv_costs_its_row(time: bytes) -> None:
    files = dict(FOLDERS["untagged"])
    rows = files["results.csv"].splitlines(keepends=True)
    fields = rows[5].split(b",")
    rows[5] = b",".join([fields[0], time, *fields[2:]])
    files["results.csv"] = b"".join(rows)
    assert _assert_taken_in(files)["results.csv"]["skipped"] == 1


def test_a_file_cut_anywhere_in_a_line_keeps_the_lines_before(tmp_path: Path) -> None:
    """Found by the test above: a cut right before the value cost the whole file."""
    lines = FOLDERS["segments"]["seg_a.json"].splitlines(keepends=True)
    cut = next(number for number, line in enumerate(lines) if number > 20 and b'"Point"' in line)
    before, last = b"".join(lines[:cut]), lines[cut]
    path = tmp_path / "results.json"
    for at in (*range(0, len(last), 5), last.index(b'"value"') + 7):
        path.write_bytes(before + last[:at])
        with ingest([str(path)]) as intake:
            (ref,) = intake.sources
            assert (ref.kind, ref.skipped) == ("k6-json", int(0 < at < len(last) - 1))


def _damage(content: bytearray, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, max(len(content) - 1, 0)))
    match draw.draw(st.sampled_from(["cut", "flip", "digit", "drop", "garbage"])):
        case "cut":
            del content[at:]
        case "flip" if at < len(content):
            content[at] ^= draw.draw(st.integers(1, 255))
        case "digit":  # times and counts that contradict the others
            digits = [place for place in range(at, len(content)) if content[place] in DIGITS]
            if digits:
                content[digits[0]] = draw.draw(st.sampled_from(DIGITS))
        case "drop":
            del content[at : at + draw.draw(st.integers(1, 5000))]
        case _:
            content[at:at] = draw.draw(st.binary(max_size=60))


def _assert_taken_in(files: dict[str, bytes]) -> dict[str, Any]:
    with TemporaryDirectory() as place:
        for name, content in files.items():
            (Path(place) / name).write_bytes(content)
        with ingest([place]) as intake:
            told = as_json(inspect(intake), lambda said: str(ENGLISH.text(said)))
            faults = [p for p in intake.problems if p.message.key == "problem.source-failed"]
    assert faults == []
    by_path = {entry["path"]: entry for entry in told["files"] if "lines" not in entry}
    assert set(by_path) == set(files)
    return by_path
