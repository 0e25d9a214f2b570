"""House rules that a reviewer should not have to repeat."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "perfreport").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.j2"))
HANGUL = re.compile("[\uac00-\ud7a3]")
LONGEST = {"cli.py": 200}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_stays_readable(path: Path) -> None:
    limit = LONGEST.get(path.name, 400)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", [*MODULES, *TEMPLATES], ids=lambda p: str(p.relative_to(ROOT)))
def test_words_live_in_the_catalogues(path: Path) -> None:
    assert not HANGUL.search(path.read_text(encoding="utf-8"))
