"""Settings under keys of the application's own."""

from __future__ import annotations

import pytest

from perfreport.sources._settings import from_key


@pytest.mark.parametrize(
    ("key", "written", "seconds"),
    [
        ("shop.cache.product-ttl-seconds", "600", 600.0),
        ("shop.cache.productTtlMinutes", "10", 600.0),
        ("shop.cache.product-ttl", "10m", 600.0),
        ("shop.cache.product-ttl", "PT10M", 600.0),
        ("shop.cache.product-ttl", "600000", 600.0),  # bare numbers are milliseconds to Spring
        ("cache.ttl", "${CACHE_TTL:30s}", 30.0),
    ],
)
def test_how_long_a_cache_keeps_its_entries(key: str, written: str, seconds: float) -> None:
    found = from_key(key, written, "application.yml", 1)
    assert found is not None
    assert (found.name, found.value) == ("cache.entry-time-to-live", seconds)


@pytest.mark.parametrize(
    ("key", "written"), [("shop.session.ttl", "10m"), ("cache.ttl", "long"), ("cache.title", "x")]
)
def test_what_is_no_time_of_a_cache(key: str, written: str) -> None:
    assert from_key(key, written, "application.yml", 1) is None


def test_springs_own_key_keeps_its_name() -> None:
    found = from_key("spring.cache.redis.time-to-live", "10m", "application.yml", 1)
    assert found is not None
    assert found.name == "cache.time-to-live"
