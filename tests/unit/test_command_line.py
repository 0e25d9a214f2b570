"""The command line itself: what it answers without any input."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from perfreport import __version__
from perfreport.cli import app

THRESHOLDS = Path(__file__).parents[2] / "thresholds"


def test_the_version_is_an_answer_of_its_own() -> None:
    found = CliRunner().invoke(app, ["--version"])
    assert found.exit_code == 0
    assert found.stdout.strip() == f"perfreport {__version__}"


@pytest.mark.parametrize(("text", "code"), [("", 0), ("\nnonsense: 1\n", 2)])
def test_thresholds_are_checked(tmp_path: Path, text: str, code: int) -> None:
    file = tmp_path / "LT-001.yaml"
    file.write_text((THRESHOLDS / "LT-001.yaml").read_text(encoding="utf-8") + text, "utf-8")
    assert CliRunner().invoke(app, ["thresholds", "check", str(file)]).exit_code == code
