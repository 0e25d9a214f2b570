"""No literal of any statement ever reaches a fact or what `inspect` shows.

Canaries are planted as literals of every kind MySQL knows, in statements of every kind, in every
dump that carries statements; then every text of every fact is searched for them.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.model.source import SourceRef
from perfreport.sqltext import fingerprint, mask_fragment, tidy_digest
from tests.unit.sources.sql_files import FILES, facts_of, read_text, reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORD = "zqcanary"
NUMBER = "918273645546372"
HEX = "c0ffeec0ffee"
CANARIES = (WORD, NUMBER, HEX)

_NAMES = re.compile(r"`[^`]*`")
_QUOTED = re.compile(r"['\"]")
_LONE_NUMBER = re.compile(r"(?<![\w$@.\u0080-\uffff])\d")

literals = st.sampled_from([
    f"'{WORD}'",
    f'"{WORD}"',
    f"'it''s {WORD}'",
    f"'it\\'s {WORD}'",
    f"'{WORD} -- no comment'",
    f"'{WORD} /* no comment'",
    f"'# {WORD}'",
    f"'a`b {WORD}'",
    f"'{WORD}\n# User@Host: x[x] @ y []\n{WORD}'",
    f"'{WORD};\n# Time: 261122 12:00:00\n{WORD}'",
    f"'C:\\\\' '{WORD}'",
    f"_utf8mb4'{WORD}'",
    f"_binary '{WORD}'",
    f"N'{WORD}'",
    f"x'{HEX}'",
    f"X'{HEX}'",
    f"0x{HEX}",
    f"-{NUMBER}",
    f"+ {NUMBER}",
    f"{NUMBER}.{NUMBER}",
    f".{NUMBER}",
    f"{NUMBER}e-{NUMBER}",
    f"DATE '{WORD}'",
    f"(1, '{WORD}', {NUMBER})",
    f"NOW({NUMBER})",
    f"/* {WORD} {NUMBER} */ 1",
    f"/*+ MAX_EXECUTION_TIME({NUMBER}) */ 1",
    f"1 -- {WORD}\n",
    f"1 # {WORD} '\n",
    "NULL",
])  # fmt: skip
templates = st.sampled_from([
    "SELECT * FROM t1 WHERE a = {} AND b IN ({}, {}) ORDER BY c LIMIT 5",
    "SELECT a-{}, b- {} FROM `t 1` WHERE c LIKE {}",
    "INSERT INTO t2(a,b) VALUES ({}, {}), ({}, {}) ON DUPLICATE KEY UPDATE a = {}",
    "REPLACE INTO t2 VALUES({},{},{})",
    "UPDATE sessions_2024 SET a = a - {} WHERE token = {}",
    "DELETE FROM t WHERE a BETWEEN {} AND {}",
    "CALL shop.p_stock({}, {})",
    "SELECT a FROM t WHERE x = {} UNION ALL SELECT a FROM t WHERE x = {}",
    "SET @v = {}, autocommit = {}",
    "WITH x AS (SELECT {}) SELECT * FROM x WHERE y = {}",
    "LOAD DATA INFILE {} INTO TABLE t",
    "CREATE USER u IDENTIFIED BY {}",
])  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A statement with canaries, maybe cut off anywhere behind its first words."""
    template = draw(templates)
    statement = template.format(*(draw(literals) for _ in range(template.count("{}"))))
    if draw(st.booleans()):
        statement = statement[: draw(st.integers(12, len(statement)))]
    return statement


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, SourceRef):
        yield from _texts(value.summary)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)


def _assert_clean(text: str, statement: str) -> None:
    lower = text.lower()
    for canary in CANARIES:
        # A cut number or word may leave less than the whole canary: no part of it may be there.
        assert canary[:8] not in lower, (text, statement)


def _reading_texts(content: str) -> list[str]:
    _, reading = read_text(content)
    facts = reading.facts(SourceRef("x", "y", summary=reading.summary))
    return [*_texts(facts), *_texts(reading.problems), *_texts(reading.notes)]


@settings(max_examples=400, deadline=None)
@given(statements())
def test_no_fingerprint_holds_a_canary(statement: str) -> None:
    for masked in (fingerprint(statement), tidy_digest(statement)):
        _assert_clean(masked, statement)


@settings(max_examples=200, deadline=None)
@given(statements(), st.integers(8, 60))
def test_no_part_of_a_cut_statement_holds_a_canary(statement: str, width: int) -> None:
    """sys keeps the head and the tail of a statement; the tail may begin inside a literal."""
    whole = re.sub(r"\s+", " ", statement)
    # The tail's quotes can only be told where the statement itself is whole.
    if len(whole) > 2 * width + 5 and _balanced(whole):
        cut = f"{whole[:width]} ... {whole[-width:]}"
        shown = mask_fragment(cut)
        assert not _QUOTED.search(_NAMES.sub("", shown))
        for canary in CANARIES:
            assert canary not in shown.lower(), cut


def _balanced(statement: str) -> bool:
    plain = not re.search(r"\\|''|--|#|/\*|`", statement)
    return plain and statement.count("'") % 2 == 0 and statement.count('"') % 2 == 0


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1'\"\\`-#/*() ,=\n.?ex"), max_size=60))
def test_whatever_the_text_no_quote_and_no_number_is_left(statement: str) -> None:
    bare = _NAMES.sub("", fingerprint(statement))
    bare = bare.replace("`", "")
    assert not _QUOTED.search(bare), statement
    assert not _LONE_NUMBER.search(bare), statement


@settings(max_examples=60, deadline=None)
@given(st.lists(statements(), min_size=1, max_size=6))
def test_no_slow_log_fact_holds_a_canary(texts: list[str]) -> None:
    log = "".join(
        "# Time: 2026-11-22T12:28:02.123456Z\n# User@Host: app[app] @ localhost []  Id: 1\n"
        "# Query_time: 1.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 1\n"
        f"SET timestamp=1795350482;\n{text};\n"
        for text in texts
    )
    for text in _reading_texts(log):
        _assert_clean(text, log)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_no_table_of_a_client_holds_a_canary(statement: str) -> None:
    escaped = statement.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    row = {"Id": 1, "Command": "Query", "Time": 1, "State": "x", "Info": statement}
    digest = {"DIGEST_TEXT": statement, "COUNT_STAR": 1, "SUM_TIMER_WAIT": 5}
    dumps = [
        f"Id\tCommand\tTime\tState\tInfo\n1\tQuery\t3\texecuting\t{escaped}\n",
        json.dumps([row]),
        json.dumps([{**digest, "QUERY_SAMPLE_TEXT": statement}]),
        f"start_time\tquery_time\tlock_time\tsql_text\n2026-11-22\t00:00:01\t00:00:00\t{escaped}\n",
        f"waiting_trx_id\tblocking_trx_id\twaiting_pid\twaiting_query\n5\t6\t7\t{escaped}\n",
        f"trx_id\ttrx_state\ttrx_started\ttrx_query\n5\tRUNNING\t2026-11-22 12:00:00\t{escaped}\n",
    ]
    for dump in dumps:
        for text in _reading_texts(dump):
            _assert_clean(text, statement)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_no_innodb_report_holds_a_canary(statement: str) -> None:
    report = (
        "2026-11-22 12:21:28 0x7f INNODB MONITOR OUTPUT\n"
        "------------------------\nLATEST DETECTED DEADLOCK\n------------------------\n"
        "2026-11-22 12:21:20 0x7f\n*** (1) TRANSACTION:\nTRANSACTION 5, ACTIVE 0 sec\n"
        f"MySQL thread id 7, OS thread handle 1, query id 2 localhost app Updating\n{statement}\n"
        "*** WAITING FOR THIS LOCK TO BE GRANTED:\n"
        f" 0: len 8; hex {HEX}; asc {WORD};;\n*** WE ROLL BACK TRANSACTION (1)\n"
        "------------\nTRANSACTIONS\n------------\n---TRANSACTION 9, ACTIVE 3 sec\n"
        f"MySQL thread id 8, OS thread handle 1, query id 2 localhost app\n{statement}\n"
        "END OF INNODB MONITOR OUTPUT\n"
    )
    for text in _reading_texts(report):
        _assert_clean(text, statement)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_statement_of_a_sample_keeps_a_quote_or_a_number(path: Path) -> None:
    reading_of(path)
    for fact in facts_of(path):
        for text in _statement_texts(fact):
            bare = _NAMES.sub("", text)
            assert not _QUOTED.search(bare), text
            assert not _LONE_NUMBER.search(bare), text


def _statement_texts(value: object) -> Iterator[str]:
    """Every field of a fact that holds a statement, by its name."""
    if is_dataclass(value) and not isinstance(value, SourceRef):
        for field in fields(value):
            one = getattr(value, field.name)
            if isinstance(one, str) and ("statement" in field.name or "fingerprint" in field.name):
                yield one
            else:
                yield from _statement_texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _statement_texts(one)
