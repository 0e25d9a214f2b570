"""Protects: exported tables are read in any locale, and guesses from headings are told."""

from __future__ import annotations

import pytest

from perfreport.model.source import ClockKind
from perfreport.sources._table_cells import cell_value
from tests.unit.sources.metrics import one_series, read_sample, read_text, summary, values

AT = 1795350467_000_000_000
ACTIVE = [0.0] * 12 + [5.0] * 8


@pytest.mark.parametrize(
    "file",
    [
        "grafana-excel-sep-bom.csv",
        "grafana-excel-utf16le-tab.csv",
        "grafana-long-legacy.csv",
        "grafana-table-long.csv",
        "grafana-wide-epochms.csv",
        "grafana-wide.csv",
    ],
)
def test_one_panel_in_every_form(file: str) -> None:
    reading = read_sample("grafana-csv", file)
    active = one_series(reading, "hikaricp.connections.active")
    assert values(active)[:20] == ACTIVE
    pending = one_series(reading, "hikaricp.connections.pending")
    assert max(filter(None, values(pending))) == 14
    assert reading.skipped == 0
    told = {dict(note.params)["legend"] for note in reading.notes}
    assert "pending" in told  # a heading that is no metric name is a guess, and said to be one


@pytest.mark.parametrize(
    ("file", "kind", "start"),
    [
        ("grafana-wide-epochms.csv", ClockKind.UTC, AT),
        ("grafana-long-legacy.csv", ClockKind.UTC, AT),
        ("grafana-wide.csv", ClockKind.UNKNOWN, AT + 8 * 3600 * 10**9),
    ],
)
def test_times_without_a_zone_are_the_browsers(file: str, kind: ClockKind, start: int) -> None:
    reading = read_sample("grafana-csv", file)
    assert (reading.clock.kind, reading.start_ns) == (kind, start)


def test_formatted_values_lose_their_units() -> None:
    reading = read_sample("grafana-csv", "grafana-wide-formatted.csv")
    heap = one_series(reading, "jvm.memory.used", area="heap")
    assert values(heap)[:2] == [40.0 * 1024**2, pytest.approx(41.1 * 1024**2)]
    assert values(one_series(reading, "system.cpu.usage"))[:2] == [
        pytest.approx(0.30),
        pytest.approx(0.31),
    ]
    assert summary(reading)["unknown_names"] == (("count", 1), ("examples", ("p95",)))


def test_decimal_commas() -> None:
    cpu = one_series(read_sample("grafana-csv", "grafana-semicolon-locale.csv"), "system.cpu.usage")
    assert values(cpu)[:3] == [0.0, 0.01, 0.02]


@pytest.mark.parametrize("file", ["plain-iso.csv", "plain-wide-epoch-s.csv"])
def test_plain_tables_long_and_wide(file: str) -> None:
    reading = read_sample("plain-csv", file)
    assert values(one_series(reading, "hikaricp.connections.active")) == ACTIVE
    assert reading.clock.kind is ClockKind.UTC
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("text", "comma", "expected"),
    [
        ("45%", False, (0.45, True)),
        ("1.23 s", False, (1.23, True)),
        ("356 ms", False, (0.356, True)),
        ("12 \u00b5s", False, (12e-6, True)),
        ("12.5 MiB", False, (12.5 * 1024**2, True)),
        ("1.2 GB", False, (1.2e9, True)),
        ("2 MiB/s", False, (2 * 1024.0**2, True)),
        ("1.2 K", False, (1200.0, True)),
        ("1.5 mins", False, (90.0, True)),
        ("30 req/s", False, (30.0, True)),
        ("1,234", False, (1234.0, False)),
        ("1.234,5", True, (1234.5, False)),
        ("0,05", True, (0.05, False)),
        ("0,05", False, None),
        ("1.6777216E8", False, (167772160.0, False)),
        ("HikariPool-1", False, None),
        ("5 apples", False, None),
    ],
)
def test_cells(text: str, comma: bool, expected: tuple[float, bool] | None) -> None:
    found = cell_value(text, comma)
    assert found == (expected if expected is None else (pytest.approx(expected[0]), expected[1]))


@pytest.mark.parametrize("text", ["", "-", "null", "N/A", "NaN", "undefined"])
def test_cells_without_a_value(text: str) -> None:
    found = cell_value(text, False)
    assert found is not None
    assert found[0] != found[0]


def test_percent_without_a_sign_is_told() -> None:
    reading = read_text("plain-csv", "time,process_cpu_usage\n1795350467,41\n1795350468,55\n")
    assert values(one_series(reading, "process.cpu.usage")) == pytest.approx([0.41, 0.55])
    assert [note.key for note in reading.notes] == ["note.metrics.percent"]


def test_holes_are_no_zeros() -> None:
    reading = read_text(
        "plain-csv", "time;tomcat_threads_busy_threads;up\n1795350467;;1\n1795350468;3;\n"
    )
    assert values(one_series(reading, "tomcat.threads.busy")) == [3.0]
    assert reading.records == 2


def test_words_beside_numbers_are_labels() -> None:
    text = (
        "time,instance,tomcat_threads_busy_threads\n"
        "1795350467,a:8080,3\n1795350467,b:8080,9\n1795350468,a:8080,4\n"
    )
    reading = read_text("plain-csv", text)
    assert values(one_series(reading, "tomcat.threads.busy", instance="a:8080")) == [3.0, 4.0]


def test_active_alone_could_be_anything() -> None:
    reading = read_text("grafana-csv", '"Time","active"\n1795350467000,3\n')
    assert summary(reading)["signals"] == ()
    assert summary(reading)["unknown_names"] == (("count", 1), ("examples", ("active",)))


def test_pools_named_in_legends() -> None:
    text = '"Time","orders active","orders pending"\n1795350467000,3,0\n1795350468000,4,2\n'
    reading = read_text("grafana-csv", text)
    assert values(one_series(reading, "hikaricp.connections.pending", pool="orders")) == [0.0, 2.0]


def test_a_value_column_says_nothing() -> None:
    reading = read_text("grafana-csv", '"Time","Value"\n1795350467000,3\n', "heap after gc.csv")
    assert summary(reading)["unknown_names"] == (("count", 1), ("examples", ("heap after gc",)))


def test_broken_rows_are_counted() -> None:
    text = "time,up\n1795350467,1\nnonsense\n1795350468,1,2,3\n1795350469,one\n1795350470,1\n"
    reading = read_text("plain-csv", text)
    assert values(one_series(reading, "up")) == [1.0, 1.0]
    assert reading.skipped == 3
