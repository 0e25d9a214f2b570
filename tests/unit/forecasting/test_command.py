"""`perfreport forecast` and the part of the report, on a recorded test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from perfreport.cli import app
from perfreport.errors import UsageError
from tests.unit.forecasting.recorded import Recording

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recording = Recording((15, 30, 50, 75), pool=2).play()
    return recording.write(tmp_path_factory.mktemp("recorded") / "ST-001")


def _run(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["forecast", *arguments], catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


def test_json_holds_every_figure_with_its_interval(folder: Path) -> None:
    written = _run(str(folder), "--set", "hikaricp.connections.max=3", "--format", "json")
    document = json.loads(written)
    assert document["format"] == 1
    assert document["refusals"] == []
    wanted = {"throughput_limit", "throughput_at_objective", "resource_limit", "p95"}
    assert {one["quantity"] for one in document["forecasts"]} == wanted
    for one in document["forecasts"]:
        assert one["changes"] == {"hikaricp.connections.max": 3}
        assert one["interval"][0] <= one["value"] <= one["interval"][1]
        assert one["assumptions"]
        better = one["value"] > one["baseline"]
        assert better is (one["quantity"] != "p95")
        assert one["bound"] == "exact"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_text_says_what_changes_from_what(folder: Path, lang: str) -> None:
    said = _run(str(folder), "--set", "hikaricp.connections.max=3", "--lang", lang)
    assert "2 → 3" in said
    assert "POST /order" in said


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_refusal_is_printed_with_its_reason(folder: Path, lang: str) -> None:
    said = _run(str(folder), "--set", "kafka.consumer.concurrency=10", "--lang", lang)
    assert len(said.splitlines()) == 2


def test_the_list_names_everything_that_can_be_set() -> None:
    said = _run("--list")
    for name in ("hikaricp.connections.max", "kafka.partitions", "transaction.remote-call"):
        assert name in said


def test_nothing_to_read_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        _run("--set", "hikaricp.connections.max=3")
