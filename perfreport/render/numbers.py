"""From base units to what people read: scaled once, rounded to three digits, never misleading.

A value that misses its limit never prints as equal to it: digits are added until the printed
number stands on the same side of the limit as the value itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DIGITS = 3
_MOST_DECIMALS = 15
_MINUTE, _HOUR = 60, 3600
_EXACT = 12
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in one language. `unit(name, **parts)` spells a number with its unit."""

    unit: Callable[..., str]

    def quantity(
        self, quantity: Quantity, limits: Sequence[float] = (), *, sign: bool = False
    ) -> str:
        """Spell a quantity; `limits` are values in the same base unit it must not round across."""
        value = quantity.value
        if not math.isfinite(value):
            return self.unit("missing")
        text = self._spell(abs(value), quantity.unit, [abs(v) for v in limits if v * value >= 0])
        if value < 0:
            return f"-{text}"
        return f"+{text}" if sign and value > 0 else text

    def limit(self, quantity: Quantity) -> str:
        """Spell a limit with every digit it was given with."""
        text = self._spell(abs(quantity.value), quantity.unit, (), digits=_EXACT)
        return f"-{text}" if quantity.value < 0 else text

    def number(self, value: float, limits: Sequence[float] = ()) -> str:
        """Spell a plain number with thousands separators."""
        return self.quantity(Quantity(value, Unit.COUNT), limits)

    def percent(self, ratio: float, limits: Sequence[float] = (), *, sign: bool = False) -> str:
        """Spell a ratio 0-1 in percent."""
        return self.quantity(Quantity(ratio, Unit.RATIO), limits, sign=sign)

    def _spell(
        self, value: float, unit: Unit, limits: Sequence[float], digits: int = _DIGITS
    ) -> str:
        match unit:
            case Unit.SECONDS:
                return self._seconds(value, limits, digits)
            case Unit.RATIO:
                places = _percent_places(value * 100) if digits == _DIGITS else None
                hundredths = [limit * 100 for limit in (*limits, *((1.0,) if value < 1 else ()))]
                return self.unit("percent", n=_fixed(value * 100, hundredths, digits, places))
            case Unit.BYTES | Unit.BYTES_PER_SECOND:
                return self._bytes(value, unit, limits, digits)
            case Unit.PER_SECOND:
                return self.unit("per-second", n=_fixed(value, limits, digits))
            case Unit.CORES:
                return self.unit("cores", n=_fixed(value, limits, digits))
            case Unit.COUNT | Unit.NONE:
                return _fixed(value, limits, digits)

    def _seconds(self, value: float, limits: Sequence[float], digits: int) -> str:
        if value == 0:
            return self.unit("seconds", n="0")
        in_ms = _fixed(value * 1000, [limit * 1000 for limit in limits], digits)
        if value < 1 and _parse(in_ms) < 1000:
            return self.unit("ms", n=in_ms)
        in_seconds = _fixed(value, limits, digits)
        if value < _MINUTE and _parse(in_seconds) < _MINUTE:
            return self.unit("seconds", n=in_seconds)
        whole = _parse(_fixed(value, limits, _DIGITS, 0)) if digits == _DIGITS else value
        if whole >= _HOUR and not _minutes_mislead(value, limits):
            whole = round(whole / _MINUTE) * _MINUTE
        hours, rest = divmod(whole, _HOUR)
        minutes, seconds = divmod(rest, _MINUTE)
        parts = [("hours", hours), ("minutes", minutes), ("seconds", seconds)]
        return " ".join(
            self.unit(name, n=_fixed(amount, (), _EXACT)) for name, amount in parts if amount
        )

    def _bytes(self, value: float, unit: Unit, limits: Sequence[float], digits: int) -> str:
        power = 0
        while value / 1024**power >= 1023.5 and power < len(_BINARY) - 1:
            power += 1
        scaled = [limit / 1024**power for limit in limits]
        n = _fixed(value / 1024**power, scaled, digits)
        name = "bytes" if unit is Unit.BYTES else "bytes-per-second"
        return self.unit(name, n=n, unit=_BINARY[power])


def _percent_places(percent: float) -> int | None:
    """Two digits below 1 %, one decimal above: shares are read to a tenth."""
    if 0 < percent < 0.1:
        return 1 - math.floor(math.log10(percent))
    return 2 if percent < 1 else 1


def _minutes_mislead(value: float, limits: Sequence[float]) -> bool:
    rounded = round(value / _MINUTE) * _MINUTE
    return any(_side(rounded, limit) != _side(value, limit) for limit in limits)


def _fixed(value: float, limits: Sequence[float], digits: int, places: int | None = None) -> str:
    """Round to `digits` significant digits (integers stay whole), or to `places` decimals."""
    if places is None:
        size = math.floor(math.log10(value)) if value > 0 else 0
        places = max(0, digits - 1 - size)
    if value >= 1 and value == math.floor(value):
        places = 0
    while True:
        text = f"{value:,.{places}f}"
        shown = _parse(text)
        right = all(_side(shown, limit) == _side(value, limit) for limit in limits)
        if (right and (shown > 0 or value == 0)) or places >= _MOST_DECIMALS:
            break
        places += 1
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parse(text: str) -> float:
    return float(text.replace(",", ""))


def _side(value: float, limit: float) -> int:
    if math.isclose(value, limit, rel_tol=1e-12):
        return 0
    return 1 if value > limit else -1
