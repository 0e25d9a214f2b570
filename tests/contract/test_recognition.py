"""Every dialect has samples, and every sample is recognised by its dialect alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from perfreport.sources._input import Input
from perfreport.sources._recognise import all_sources, recognise

SAMPLES = Path(__file__).parents[2] / "samples"
MANIFEST = "manifest.yaml"
NOT_DIALECTS = {"k6-runs", "ecommerce"}  # whole folders as a user would have them
CLEAR_MARGIN = 0.1
FILES = sorted(
    path
    for folder in SAMPLES.iterdir()
    if folder.is_dir() and folder.name not in NOT_DIALECTS
    for path in folder.rglob("*")
    if path.is_file() and path.name != MANIFEST
)


def test_samples_lie_in_the_folder_of_a_dialect() -> None:
    known = {source.id for source in all_sources()} | NOT_DIALECTS
    assert {path.name for path in SAMPLES.iterdir() if path.is_dir()} <= known


@pytest.mark.parametrize("dialect", [source.id for source in all_sources()])
def test_a_dialect_has_samples_that_say_where_they_come_from(dialect: str) -> None:
    folder = SAMPLES / dialect
    entries = yaml.safe_load((folder / MANIFEST).read_text(encoding="utf-8"))
    listed = {entry["file"] for entry in entries}
    present = {path.relative_to(folder).as_posix() for path in FILES if folder in path.parents}
    assert present
    assert listed == present
    assert all(entry.get("tool") and entry.get("origin") for entry in entries)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_a_sample_is_recognised_by_its_dialect_alone(path: Path) -> None:
    found = recognise(Input(path.name, path).head, all_sources())
    assert found.failed == ()
    assert found.source is not None
    assert found.source.id == path.relative_to(SAMPLES).parts[0]
    assert found.margin >= CLEAR_MARGIN


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_names_play_no_part(path: Path) -> None:
    """The same bytes under another name are recognised the same."""
    told = recognise(Input(path.name, path).head)
    untold = recognise(Input("a", path).head)
    assert untold == told
