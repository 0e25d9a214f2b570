"""The page in a real browser: charts are drawn, nothing else runs, nothing is asked for."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from perfreport.model.figure import Charts
from tests.unit.test_html import page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.browser
def test_a_browser_draws_the_charts_and_runs_nothing_else(tmp_path: Path) -> None:
    """Dump text that is a script stays text; the charts replace their pictures."""
    pytest.importorskip("vl_convert")
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs chromium")
    path = tmp_path / "report.html"
    path.write_text(page(Charts.SVG), encoding="utf-8")
    drawn = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000",
         "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom",
         path.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert drawn.stdout.count('class="marks"') >= 3
    assert "Refused" not in drawn.stderr
    assert "Uncaught" not in drawn.stderr
