"""Result sets in every form a database client prints, whole, mixed and broken."""

from __future__ import annotations

import pytest

from perfreport.sources._client_output import Loose, Marker, ResultRow, read_client_output
from perfreport.sources._input import Input

BOX = """\
+----+---------+-------+---------+------+-------+-----------------+
| Id | Command |  Time | State   | db   | Host  | Info            |
+----+---------+-------+---------+------+-------+-----------------+
|  1 | Query   |     0 | a | b   | shop | web-1 | SELECT 1
FROM t |
|  2 | Sleep   |    12 |         | 상점 | web-1 | NULL            |
+----+---------+-------+---------+------+-------+-----------------+
2 rows in set (0.00 sec)
"""


def _events(text: str) -> list[ResultRow | Marker | Loose]:
    return list(read_client_output(Input("dump", content=text.encode())))


def _rows(text: str) -> list[dict[str, str | None]]:
    return [
        dict(zip(event.table.columns, event.cells, strict=True))
        for event in _events(text)
        if isinstance(event, ResultRow)
    ]


def test_a_box_holds_bars_line_breaks_and_wide_characters() -> None:
    first, second = _rows(BOX)
    assert first["state"] == "a | b"
    assert first["info"] == "SELECT 1\nFROM t"
    assert second["db"] == "상점"
    assert second["info"] is None
    assert [event for event in _events(BOX) if isinstance(event, Loose)] == []


def test_tabs_are_unescaped_and_null_is_none() -> None:
    rows = _rows(
        "Id\tCommand\tTime\tState\tInfo\n"
        "1\tQuery\t0\t\tselect 'a\\nb\\tc\\\\d'\n"
        "2\tSleep\t3\t\tNULL\n"
    )
    assert rows[0]["info"] == "select 'a\nb\tc\\d'"
    assert rows[1]["info"] is None


def test_raw_output_breaks_lines_inside_a_cell() -> None:
    header = "Id\tCommand\tTime\tState\tInfo\tProgress\n"
    text = header + "1\tQuery\t0\t\tselect\n1\t0.0\n2\tSleep\t1\t\tNULL\t0.0\n"
    assert [row["info"] for row in _rows(text)] == ["select\n1", None]


def test_a_statement_as_first_cell_is_no_echo_of_the_prompt() -> None:
    rows = _rows("query\texec_count\tdb\nSELECT 1\t5\tshop\nSHOW TABLES\t2\tshop\n")
    assert [row["exec_count"] for row in rows] == ["5", "2"]


@pytest.mark.parametrize(
    "record",
    [
        '"q ""x"" y","5"',
        '"q \\"x\\" y","5"',
        '"q ""x"" y",5',
    ],
)
def test_quotes_in_csv_are_doubled_or_escaped(record: str) -> None:
    (row,) = _rows(f'"digest_text","count_star"\n{record}\n')
    assert row == {"digest_text": 'q "x" y', "count_star": "5"}


def test_csv_cells_may_hold_lines() -> None:
    rows = _rows('digest_text,count_star\n"a\nb",1\nc,2\n')
    assert [row["digest_text"] for row in rows] == ["a\nb", "c"]


def test_vertical_values_may_hold_lines_and_colons() -> None:
    rows = _rows(
        "*************************** 1. row ***************************\n"
        "     Id: 7\nCommand: Query\n   Time: 3\n  State: \n   Info: select\n  a: 1\nfrom t\n"
        "*************************** 2. row ***************************\n"
        "     Id: 8\nCommand: Sleep\n   Time: 3\n  State: \n   Info: NULL\n2 rows in set\n"
    )
    assert rows[0]["info"] == "select\n  a: 1\nfrom t"
    assert rows[1]["id"] == "8"


def test_vertical_rows_of_one_query_are_one_table() -> None:
    row = "*** {}. row ***\n     Id: 7\nCommand: Query\n"
    text = row.format(1) + row.format(2) + row.format(1)
    tables = [event.table for event in _events(text) if isinstance(event, ResultRow)]
    assert tables[0] is tables[1]
    assert tables[1] is not tables[2]


def test_times_between_tables_belong_to_the_next_one() -> None:
    table = "Variable_name\tValue\nThreads_running\t1\n"
    events = _events(
        f"# sample 2026-11-22T12:00:00Z\n{table}# sample 2026-11-22T12:00:02Z\n{table}"
    )
    times = [event.table.instant.ns for event in events if isinstance(event, ResultRow)]  # type: ignore[union-attr]
    assert times == [1795348800_000000000, 1795348802_000000000]
    assert sum(isinstance(event, Marker) for event in events) == 2


def test_prompts_warnings_and_counts_are_no_loss() -> None:
    events = _events(
        "mysql: [Warning] Using a password on the command line interface can be insecure.\n"
        "mysql> SHOW GLOBAL STATUS;\n" + BOX + "mysql> exit\nBye\n"
    )
    assert [event for event in events if not isinstance(event, ResultRow)] == []


_A = '{"DIGEST_TEXT": "a", "COUNT_STAR": 1}'
_B = '{"DIGEST_TEXT": "b", "COUNT_STAR": "2"}'


@pytest.mark.parametrize(
    "text",
    [
        f"[{_A}, {_B}]",
        f"{_A}\n{_B}\n",
        f'{{"rows": [{_A}, {_B}]}}',
        f'[{{"type": "table", "data": [{_A}, {_B}]}}]',
        f'[{_A}, {_B}, {{"DIGEST_TEXT": "c',  # cut off inside the third row
    ],
)
def test_json_of_every_client(text: str) -> None:
    assert [(row["digest_text"], row["count_star"]) for row in _rows(text)] == [
        ("a", "1"),
        ("b", "2"),
    ]


def test_a_torn_row_is_given_back() -> None:
    events = _events("Variable_name\tValue\nThreads_running\t1\textra\nQuestions\t5\n")
    assert [event.text for event in events if isinstance(event, Loose)] == [
        "Threads_running\t1\textra"
    ]


def test_a_box_that_never_closes_is_given_up_at_once() -> None:
    """Measuring an ever longer row again with every line took quadratic time."""
    torn = BOX.replace("| web-1 | NULL            |", "| web-1 | NULL") + "| x\n" * 5_000
    events = _events(torn)
    assert [event.cells[0] for event in events if isinstance(event, ResultRow)] == ["1"]
    assert sum(isinstance(event, Loose) for event in events) > 4_000
