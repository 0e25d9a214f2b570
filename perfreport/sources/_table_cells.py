"""Cells of tables people export: numbers in any locale, with the units Grafana prints."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = re.compile(
    r"(?P<number>[-+]?(?:\d[\d.,\u00a0\u202f' ]*\d|\d|[.,]\d+)(?:[eE][-+]?\d+)?"
    r"|[Nn]a[Nn]|[-+]?[Ii]nf)"
    r"\s*(?P<unit>[%\u00b5\u03bc/A-Za-z\uac00-\ud7a3]*)"
)
_NOTHING = frozenset({"", "-", "--", "null", "none", "n/a", "na", "undefined", "no data", "\\n"})
_FACTORS = {
    "%": 0.01,
    "ns": 1e-9, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0,
    "secs": 1.0, "seconds": 1.0, "min": 60.0, "mins": 60.0, "minutes": 60.0, "m": 60.0,
    "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "day": 86400.0, "days": 86400.0,
    "B": 1.0, "bytes": 1.0, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3, "TiB": 1024.0**4,
    "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
    "K": 1e3, "k": 1e3, "Mil": 1e6, "M": 1e6, "Bil": 1e9, "G": 1e9,
}  # fmt: skip
# Rates and counts: the letters say what is counted, nothing to convert.
_COUNTED = re.compile(r"(?:|[a-z]{0,6}/s|[crwo]ps|iops|ops|req|conns?|threads?)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def cell_value(text: str, decimal_comma: bool) -> tuple[float, bool] | None:
    """Return a cell in base units and whether it named its unit; None for what is no number.

    NaN stands for an empty cell. `45%` is 0.45, `12.3 MiB` bytes, `1.2 K` 1200.
    """
    stripped = text.strip()
    if stripped.lower() in _NOTHING:
        return float("nan"), False
    match = _NUMBER.fullmatch(stripped)
    if match is None:
        return None
    number = _number(match["number"], decimal_comma)
    if number is None:
        return None
    unit = match["unit"]
    bare = unit.removesuffix("/s") if unit.endswith("B/s") else unit
    if bare in _FACTORS:
        return number * _FACTORS[bare], True
    return (number, bool(unit)) if _COUNTED.fullmatch(unit) else None


def _number(text: str, decimal_comma: bool) -> float | None:
    compact = re.sub(r"[\u00a0\u202f' ]", "", text)
    if decimal_comma:
        compact = compact.replace(".", "").replace(",", ".")
    elif "," in compact:
        if not re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", compact):
            return None
        compact = compact.replace(",", "")
    try:
        return float(compact)
    except ValueError:
        return None
