"""Where `templates/` and `thresholds/` live: inside the wheel, or at the root of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_WHEEL = _PACKAGE / "_data"
_ROOT = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent

TEMPLATES = _ROOT / "templates"
THRESHOLDS = _ROOT / "thresholds"
