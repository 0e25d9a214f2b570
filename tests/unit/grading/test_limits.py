"""Limits keep every digit, know their unit, and say what is wrong with them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfreport.grading.limits import Limit, Mistake, parse_limit, parse_quantity, widened
from perfreport.model.units import Unit


@pytest.mark.parametrize(
    ("text", "unit", "limits"),
    [
        ("< 500ms", Unit.SECONDS, [0.5]),
        ("<0.3 s", Unit.SECONDS, [0.3]),
        ("< 250 µs", Unit.SECONDS, [0.00025]),
        ("< 5m", Unit.SECONDS, [300]),
        ("< 0.1%", Unit.RATIO, [0.001]),
        (">= 0.97 ratio", Unit.RATIO, [0.97]),
        ("25..35/s", Unit.PER_SECOND, [25, 35]),
        (">= 1800/min", Unit.PER_SECOND, [30]),
        ("> 30 TPS", Unit.PER_SECOND, [30]),
        ("< 512MiB", Unit.BYTES, [536870912]),
        ("< 1MB/s", Unit.BYTES_PER_SECOND, [1e6]),
        ("< 5,000", Unit.COUNT, [5000]),
        ("== 0", Unit.COUNT, [0]),
        ("< 500ms", None, [0.5]),
        ("< 7", None, [7]),
    ],
)
def test_limits_in_base_units(text: str, unit: Unit | None, limits: list[float]) -> None:
    found = parse_limit(text, unit)
    assert isinstance(found, Limit)
    assert [bound.limit for bound in found.bounds] == limits
    assert {bound.text for bound in found.bounds} == {text}


@pytest.mark.parametrize(
    ("text", "unit", "what"),
    [
        ("500ms", Unit.SECONDS, "operator-missing"),
        ("< 500", Unit.SECONDS, "unit-missing"),
        ("< 0.01", Unit.RATIO, "unit-missing"),
        ("< 5%", Unit.SECONDS, "unit-wrong"),
        ("< 5 apples", Unit.PER_SECOND, "unit-wrong"),
        ("< 5k", Unit.COUNT, "unit-unwanted"),
        ("35..25/s", Unit.PER_SECOND, "range-reversed"),
        ("5..5/s", Unit.PER_SECOND, "range-reversed"),
        ("about 5", Unit.COUNT, "limit-malformed"),
        ("< five", Unit.COUNT, "limit-malformed"),
    ],
)
def test_mistakes_are_named(text: str, unit: Unit, what: str) -> None:
    found = parse_limit(text, unit)
    assert isinstance(found, Mistake)
    assert found.what.key == f"thresholds.{what}"


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m", 300), ("1m30s", 90), ("1h 5m", 3900), ("250ms", 0.25)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_quantity(text, Unit.SECONDS) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5x", "-5s"])
def test_no_durations(text: str) -> None:
    assert parse_quantity(text, Unit.SECONDS) is None


def test_a_margin_is_exact_and_points_away_from_the_target() -> None:
    upper = parse_limit("< 500ms", Unit.SECONDS)
    band = parse_limit("25..35/s", Unit.PER_SECOND)
    assert isinstance(upper, Limit)
    assert isinstance(band, Limit)
    assert [b.limit for b in widened(upper.bounds, Decimal("0.05"))] == [0.525]
    assert [b.limit for b in widened(band.bounds, Decimal("0.1"))] == [22.5, 38.5]
