"""Protects: times between dumps are read with their zone, or known to have none."""

from __future__ import annotations

import pytest

from perfreport.sources._metric_times import epoch_ns, separating_instant

NOON = 1795350468_000_000_000  # 2026-11-22T12:27:48Z


@pytest.mark.parametrize(
    ("text", "ns", "zoned"),
    [
        ("# scrape 2026-11-22T12:27:48+00:00", NOON, True),
        ("==== 2026-11-22 20:27:48 ====", NOON + 8 * 3600 * 10**9, False),
        ("2026-11-22T20:27:48.125+08:00", NOON + 125_000_000, True),
        ("2026-11-22T21:27:48 KST", NOON, True),
        ("Sun Nov 22 12:27:48 UTC 2026", NOON, True),
        ("Sun Nov 22 20:27:48 CST 2026", NOON + 8 * 3600 * 10**9, False),
        ("Sun Nov 22 12:27:48 PM UTC 2026", NOON, True),
        ("Date: Sun, 22 Nov 2026 12:27:48 GMT", NOON, True),
        ("Sun, 22 Nov 2026 21:27:48 +0900", NOON, True),
        ("2026-11-22 12:27", NOON - 48 * 10**9, False),
    ],
)
def test_times_people_write(text: str, ns: int, zoned: bool) -> None:
    found = separating_instant(text)
    assert found is not None
    assert (found.ns, found.zoned) == (ns, zoned)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13-45T99:00:00Z",
        "version 10.1.56",
        "2026-11-22T12:28:01.103Z ERROR 29235 --- [main] c.e.App : boom",
    ],
)
def test_no_time(text: str) -> None:
    assert separating_instant(text) is None


@pytest.mark.parametrize(
    "value", [1795350468, 1795350468.0, 1795350468000, 1795350468000000, 1795350468000000000]
)
def test_epochs_by_magnitude(value: float) -> None:
    assert epoch_ns(value) == NOON


def test_small_numbers_are_no_epochs() -> None:
    assert epoch_ns(5.0) is None
    assert epoch_ns(-1795350468) is None
