"""What `--set` takes, and what it says of the rest."""

from __future__ import annotations

import pytest

from perfreport.errors import UsageError
from perfreport.forecasting.changes import parse_changes
from perfreport.model.forecast import Change


def test_the_last_of_equal_names_counts() -> None:
    written = ["hikaricp.connections.max=20", "hikaricp.connections.max = 40"]
    assert parse_changes(written) == (Change("hikaricp.connections.max", 40.0),)


def test_a_statement_may_hold_an_equals_sign() -> None:
    assert parse_changes(["index:select a from t where b = ?"])[0].name.endswith("b = ?")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("jvm.heap.max=2g", 2.0 * 1024**3),
        ("hikaricp.connection-timeout=1500ms", 1.5),
        ("hikaricp.connection-timeout=3s", 3.0),
        ("transaction.row-lock=0.005", 0.005),
        ("transaction.row-lock=short", "short"),
    ],
)
def test_values_are_read_in_base_units(written: str, value: float | str) -> None:
    assert parse_changes([written])[0].value == value


@pytest.mark.parametrize(
    "written",
    [
        [],
        ["hikaricp.connections.max"],
        ["hikaricp.connections.max=0"],
        ["hikaricp.connections.max=2.5"],
        ["hikaricp.connections.max=nan"],
        ["hikaricp.connections.max=1e300"],
        ["jvm.heap.max=much"],
        ["jvm.heap.max=0"],
        ["transaction.row-lock=soon"],
        ["app.replicas=1.5"],
        ["transaction.remote-call=inside"],
        ["index:=added"],
        ["=4"],
    ],
)
def test_what_can_not_be_changed_is_said(written: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_changes(written)
