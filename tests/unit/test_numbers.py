"""Numbers read as a performance engineer writes them, and never mislead."""

from __future__ import annotations

import math

import pytest

from perfreport.model.units import Quantity, Unit
from perfreport.render.i18n import Catalogue

KO = Catalogue("ko").numbers()
EN = Catalogue("en").numbers()


@pytest.mark.parametrize(
    ("seconds", "ko", "en"),
    [
        (0.0003, "0.3 ms", "0.3 ms"),
        (0.0285, "28.5 ms", "28.5 ms"),
        (0.285, "285 ms", "285 ms"),
        (0.99996, "1초", "1 s"),  # 1,000 ms is a second
        (1.25, "1.25초", "1.25 s"),
        (8.0, "8초", "8 s"),
        (59.97, "1분", "1 min"),  # never 60 s
        (510.2, "8분 30초", "8 min 30 s"),
        (3599.9, "1시간", "1 h"),
        (3661, "1시간 1분", "1 h 1 min"),
        (0, "0초", "0 s"),
        (-0.015, "-15 ms", "-15 ms"),
    ],
)
def test_time(seconds: float, ko: str, en: str) -> None:
    assert KO.quantity(Quantity(seconds, Unit.SECONDS)) == ko
    assert EN.quantity(Quantity(seconds, Unit.SECONDS)) == en


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.0005, "0.05%"),
        (0.000498, "0.05%"),
        (0.0128, "1.3%"),
        (0.038, "3.8%"),
        (0.938, "93.8%"),
        (1.0, "100%"),
        (0.99999, "99.999%"),  # not everything succeeded
        (1e-9, "0.0000001%"),  # not nothing failed
        (0.0, "0%"),
        (1.2, "120%"),
    ],
)
def test_share(ratio: float, text: str) -> None:
    assert KO.percent(ratio) == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(6850, Unit.COUNT), "6,850"),
        (Quantity(125_480.0, Unit.COUNT), "125,480"),
        (Quantity(1234.567, Unit.COUNT), "1,235"),
        (Quantity(28.5333, Unit.PER_SECOND), "28.5/s"),
        (Quantity(33_554_432, Unit.BYTES), "32 MiB"),
        (Quantity(1_048_575, Unit.BYTES), "1 MiB"),  # not 1,024 KiB
        (Quantity(2048, Unit.BYTES_PER_SECOND), "2 KiB/s"),
        (Quantity(1.5, Unit.CORES), "1.5코어"),
        (Quantity(math.nan, Unit.SECONDS), "-"),
        (Quantity(math.inf, Unit.SECONDS), "-"),
    ],
)
def test_other_units(quantity: Quantity, text: str) -> None:
    assert KO.quantity(quantity) == text


@pytest.mark.parametrize(
    ("value", "limit", "unit", "text"),
    [
        (0.50004, 0.5, Unit.SECONDS, "500.04 ms"),
        (0.49996, 0.5, Unit.SECONDS, "499.96 ms"),
        (0.5, 0.5, Unit.SECONDS, "500 ms"),
        (300.4, 300.0, Unit.SECONDS, "5분 0.4초"),
        (0.030001, 0.03, Unit.RATIO, "3.0001%"),
        (24.96, 25.0, Unit.PER_SECOND, "24.96/s"),
        (0.123451, 0.12345, Unit.SECONDS, "123.5 ms"),
    ],
)
def test_a_miss_never_prints_as_its_limit(
    value: float, limit: float, unit: Unit, text: str
) -> None:
    assert KO.quantity(Quantity(value, unit), (limit,)) == text


def test_a_limit_keeps_every_digit_it_was_given() -> None:
    assert KO.limit(Quantity(0.12345, Unit.SECONDS)) == "123.45 ms"
    assert KO.limit(Quantity(0.999, Unit.RATIO)) == "99.9%"
    assert KO.limit(Quantity(90.0, Unit.SECONDS)) == "1분 30초"


def test_a_difference_carries_its_sign() -> None:
    assert KO.quantity(Quantity(0.02, Unit.SECONDS), sign=True) == "+20 ms"
    assert KO.quantity(Quantity(-0.02, Unit.SECONDS), sign=True) == "-20 ms"
