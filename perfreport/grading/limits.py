"""Limits with units, as a thresholds file writes them: `< 500ms`, `>= 97%`, `25..35/s`.

Numbers are turned into base units in decimal arithmetic: a limit is never off by a rounding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from perfreport.model.grade import Bound, Operator
from perfreport.model.message import Message, message
from perfreport.model.units import Unit

_NUMBER = r"(?P<{}>-?\d+(?:,\d{{3}})*(?:\.\d+)?)"
_SINGLE = re.compile(
    r"(?P<operator><=|>=|<|>|===?|!=)\s*" + _NUMBER.format("limit") + r"(?P<unit>.*)"
)
_RANGE = re.compile(
    _NUMBER.format("low") + r"\s*\.\.\s*" + _NUMBER.format("high") + r"(?P<unit>.*)"
)
_MARGIN = re.compile(r"(?P<share>\d+(?:\.\d+)?)\s*%")

_TIMES = {
    "ns": Decimal("1e-9"),
    "µs": Decimal("1e-6"),
    "μs": Decimal("1e-6"),  # the Greek letter looks the same as the micro sign
    "us": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "min": Decimal(60),
    "h": Decimal(3600),
}
_SIZES = {
    "B": Decimal(1),
    **{f"{p}iB": Decimal(1024) ** n for n, p in enumerate("KMGT", 1)},
    **{f"{p}B": Decimal(1000) ** n for n, p in enumerate(("k", "M", "G", "T"), 1)},
    "KB": Decimal(1000),
}
_RATES = {"/s": Decimal(1), "/m": 1 / Decimal(60), "/min": 1 / Decimal(60), "/h": 1 / Decimal(3600)}

UNITS: dict[Unit, dict[str, Decimal]] = {
    Unit.SECONDS: _TIMES,
    Unit.RATIO: {"%": Decimal("0.01"), "ratio": Decimal(1)},
    Unit.PER_SECOND: {**_RATES, "rps": Decimal(1), "tps": Decimal(1)},
    Unit.BYTES: _SIZES,
    Unit.BYTES_PER_SECOND: {f"{size}/s": factor for size, factor in _SIZES.items()},
    Unit.COUNT: {"": Decimal(1)},
    Unit.CORES: {"cores": Decimal(1), "m": Decimal("0.001")},
    Unit.NONE: {"": Decimal(1)},
}
_EXAMPLES = {
    Unit.SECONDS: "500ms",
    Unit.RATIO: "1%",
    Unit.PER_SECOND: "30/s",
    Unit.BYTES: "512MiB",
    Unit.BYTES_PER_SECOND: "1MiB/s",
    Unit.COUNT: "5000",
    Unit.CORES: "2 cores",
    Unit.NONE: "5000",
}
# A custom metric takes the dimension of the unit written behind its limit.
_GUESSES = (Unit.SECONDS, Unit.RATIO, Unit.PER_SECOND, Unit.BYTES, Unit.BYTES_PER_SECOND, Unit.NONE)


@dataclass(frozen=True, slots=True)
class Limit:
    """A parsed limit: one bound, or the two of a range."""

    bounds: tuple[Bound, ...]
    unit: Unit


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a limit, and how to mend it."""

    what: Message
    mend: Message


def parse_limit(text: str, unit: Unit | None) -> Limit | Mistake:
    """Parse a limit of a metric in base unit `unit` (None: take the dimension from the limit)."""
    written = " ".join(text.split())
    single = _SINGLE.fullmatch(written)
    found = single or _RANGE.fullmatch(written)
    if found is None:
        return _malformed(written, unit)
    suffix = found["unit"].strip()
    scaled = _scale(suffix, unit)
    if scaled is None:
        return _bad_unit(written, suffix, unit)
    base, factor = scaled
    if single:
        operator = "==" if found["operator"] == "===" else found["operator"]
        bound = Bound(Operator(operator), _number(found["limit"], factor), written)
        return Limit((bound,), base)
    low, high = _number(found["low"], factor), _number(found["high"], factor)
    if low >= high:
        return Mistake(
            message("thresholds.range-reversed", text=written),
            message("thresholds.mend-range", example=f"{found['high']}..{found['low']}{suffix}"),
        )
    return Limit((Bound(Operator.GE, low, written), Bound(Operator.LE, high, written)), base)


def parse_quantity(text: str, unit: Unit) -> float | None:
    """Parse `5m` or `30s` without an operator; None where it isn't a quantity of that unit."""
    total = Decimal(0)
    rest = text.replace(" ", "")
    while rest:
        found = re.match(r"(\d+(?:\.\d+)?)([^\d.]+)", rest)
        if found is None or found[2] not in UNITS[unit]:
            return None
        total += Decimal(found[1]) * UNITS[unit][found[2]]
        rest = rest[found.end() :]
    return float(total) if text.strip() else None


def parse_margin(text: str) -> Decimal | None:
    """Parse a warning margin, a percentage of the limit, as a share."""
    found = _MARGIN.fullmatch(text.strip())
    return Decimal(found["share"]) / 100 if found else None


def widened(bounds: tuple[Bound, ...], margin: Decimal) -> tuple[Bound, ...]:
    """Return bounds that leave `margin` (a share of each limit) more room than `bounds` do."""
    return tuple(_widen(bound, margin) for bound in bounds)


def _widen(bound: Bound, margin: Decimal) -> Bound:
    upward = bound.operator in {Operator.LT, Operator.LE}
    factor = 1 + margin if upward else 1 - margin
    limit = float(Decimal(repr(bound.limit)) * factor)
    return Bound(bound.operator, limit, f"{bound.text} ±{_percent(margin)}")


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _number(text: str, factor: Decimal) -> float:
    return float(Decimal(text.replace(",", "")) * factor)


def _scale(suffix: str, unit: Unit | None) -> tuple[Unit, Decimal] | None:
    if unit is not None:
        factor = UNITS[unit].get(suffix) or UNITS[unit].get(suffix.lower())
        return None if factor is None else (unit, factor)
    for guess in _GUESSES:
        if suffix in UNITS[guess]:
            return guess, UNITS[guess][suffix]
    return None


def _malformed(written: str, unit: Unit | None) -> Mistake:
    example = _EXAMPLES[unit or Unit.SECONDS]
    if re.fullmatch(r"-?[\d.,]+\s*\S*", written):
        return Mistake(
            message("thresholds.operator-missing", text=written),
            message("thresholds.mend-operator", example=f"< {written}"),
        )
    return Mistake(
        message("thresholds.limit-malformed", text=written),
        message("thresholds.mend-limit", example=f"< {example}"),
    )


def _bad_unit(written: str, suffix: str, unit: Unit | None) -> Mistake:
    example = _EXAMPLES[unit or Unit.SECONDS]
    names = ", ".join(name for name in UNITS[unit or Unit.SECONDS] if name and name != "μs")
    if not suffix:
        return Mistake(
            message("thresholds.unit-missing", text=written),
            message("thresholds.mend-unit", units=names, example=f"< {example}"),
        )
    if unit in {Unit.COUNT, Unit.NONE}:
        return Mistake(
            message("thresholds.unit-unwanted", text=written, unit=suffix),
            message("thresholds.mend-bare-number", example=f"< {example}"),
        )
    return Mistake(
        message("thresholds.unit-wrong", text=written, unit=suffix),
        message("thresholds.mend-unit", units=names, example=f"< {example}"),
    )
