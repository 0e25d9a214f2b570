"""Base units: converted once on the way in, scaled once on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NS_PER_SECOND = 1_000_000_000
NS_PER_MS = 1_000_000


class Unit(StrEnum):
    """The base unit of a number; the value is how `report.json` writes it."""

    SECONDS = "s"
    BYTES = "B"
    RATIO = "ratio"
    COUNT = "count"
    PER_SECOND = "1/s"
    BYTES_PER_SECOND = "B/s"
    CORES = "cores"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in its base unit."""

    value: float
    unit: Unit


def share(value: float) -> Quantity:
    """A part of a whole, 0 to 1."""
    return Quantity(value, Unit.RATIO)


def seconds(value: float) -> Quantity:
    """A length of time."""
    return Quantity(value, Unit.SECONDS)


def per_second(value: float) -> Quantity:
    """A rate."""
    return Quantity(value, Unit.PER_SECOND)


def count(value: float) -> Quantity:
    """A number of things."""
    return Quantity(value, Unit.COUNT)
