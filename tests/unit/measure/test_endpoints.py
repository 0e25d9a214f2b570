"""Endpoint names are short, without secrets, and one row per address."""

from __future__ import annotations

import pytest

from perfreport.measure._endpoints import LONGEST, endpoint


@pytest.mark.parametrize(
    ("name", "method", "expected"),
    [
        ("POST /api/orders", "POST", "POST /api/orders"),  # the script's own name stays
        ("POST /api/orders?token=abc", "POST", "POST /api/orders?token=*"),
        ("http://h:8080/api/x?page=1&size=10", "GET", "GET /api/x?page=*&size=*"),
        ("http://user:pa55@h/api/x#access_token=1", "GET", "GET /api/x"),
        ("https://h", "GET", "GET /"),
        ("http://h/orders/17/lines/3", "GET", "GET /orders/{id}/lines/{id}"),
        ("http://h/u/0b5e7f3c-1d2e-4f5a-8b9c-0d1e2f3a4b5c/x", "GET", "GET /u/{id}/x"),
        ("http://h/reset/eyJhbGciOiJIUzI1NiJ9abcdefgh1234", "GET", "GET /reset/{id}"),
        ("http://h/v2/items", "GET", "GET /v2/items"),  # a version is no id
        ("${}/item/${}", "GET", "${}/item/${}"),
        ("", "", ""),
    ],
)
def test_endpoint(name: str, method: str, expected: str) -> None:
    assert endpoint(name, method) == expected


def test_the_host_stays_where_a_run_calls_several() -> None:
    assert endpoint("http://me:pw@a:80/x", "GET", with_host=True) == "GET a:80/x"


def test_long_names_are_cut_in_the_middle() -> None:
    cut = endpoint("http://h/" + "a/" * 6000 + "end", "GET")
    assert len(cut) == LONGEST
    assert cut.startswith("GET /a/")
    assert cut.endswith("/end")
