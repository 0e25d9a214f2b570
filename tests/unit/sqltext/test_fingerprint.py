"""Statements of one shape are one fingerprint, and nothing a user typed is left in it."""

from __future__ import annotations

import pytest

from perfreport.sqltext import (
    Fingerprinter,
    Verb,
    fingerprint,
    is_locking,
    linkable,
    mask_fragment,
    tidy_digest,
    verb_of,
)

SHAPES = [
    # strings: quotes doubled, escaped, of the other kind, next to each other, cut off
    ("select * from t where a = 'it''s' and b = \"x\"", "select * from t where a = ? and b = ?"),
    (r"select * from t where a = 'it\'s' and b = 1", "select * from t where a = ? and b = ?"),
    ("select 'a' 'b'", "select ? ?"),
    ("select * from t where a = 'cut off", "select * from t where a = ?"),
    ("select * from t where a = 'two\nlines'", "select * from t where a = ?"),
    (r"select * from t where p = 'C:\' and s = 'secret'", "select * from t where p = ? and s = ?"),
    # introducers and national strings go with their literal
    ("insert into t values (_utf8mb4'x', N'y', x'ff', b'01')", "insert into t values(?+)"),
    ("insert into t values (_binary 'x')", "insert into t values(?+)"),
    # numbers, signed, broken, exponential, hexadecimal
    ("select 1, -2, +3, 1.5, .5, 1e-10, 0xFF, 0b01", "select ?, ?, ?, ?, ?, ?, ?, ?"),
    ("update t set stock = stock - 1 where id=-5", "update t set stock = stock - ? where id=?"),
    ("select a-1, (a)-1, a - -1 from t", "select a-?, (a)-?, a - ? from t"),
    # identifiers keep their digits
    ("set names utf8mb4", "set names utf8mb4"),
    ("select t1.c2 from sessions_2024 t1", "select t1.c2 from sessions_2024 t1"),
    ("select `a 'b' 2` from `t`", "select `a 'b' 2` from `t`"),
    ("select @v1, @@x2 from t", "select @v1, @@x2 from t"),
    ("select 주문2 from 표1 where 이름 = '김'", "select 주문2 from 표1 where 이름 = ?"),
    # constants
    ("insert into t values (null, true, FALSE)", "insert into t values(?+)"),
    ("select * from t where a is null or b is not null", None),
    # comments and hints
    ("select /* id 5 */ a from t -- user 7\nwhere b=1 # 9", "select a from t where b=?"),
    ("select '/* no comment 5 */' from t", "select ? from t"),
    ("select /*+ MAX_EXECUTION_TIME(1000) */ a from t", "select a from t"),
    ("select a from t /* cut 'off", "select a from t"),
    ("SELECT /*!40001 SQL_NO_CACHE */ a FROM t", "select /*!? sql_no_cache */ a from t"),
    # lists
    ("delete from t where a in (1, 2,3) or b in ('x')", "delete from t where a in(?+) or b in(?+)"),
    ("insert into t(a,b) values (1,2), (3,4)", "insert into t(a,b) values(?+)"),
    ("insert into t values (now(), 1), (now(), 2)", "insert into t values (now(), ?)"),
    (
        "insert into t values (1,2),(3,4) on duplicate key update a = values(a)",
        "insert into t values(?+) on duplicate key update a = values(a)",
    ),
    ("insert into t values (1,'a'),(2,'b'", "insert into t values(?+)"),
    ("select a from t limit 5, 10", "select a from t limit ?"),
    ("select a from t limit 5 offset 10", "select a from t limit ?"),
    ("select a from t order by a asc, b desc, c ASC", "select a from t order by a, b desc, c"),
    ("select a from t union all select a from t", "select a from t /*repeat union all*/"),
    # special statements
    ("CALL shop.p_stock (17, 'x')", "call shop.p_stock"),
    ("use shop", "use ?"),
    ("administrator command: Quit", "administrator command: Quit"),
    ("SELECT /*!40001 SQL_NO_CACHE */ * FROM `orders`", "mysqldump"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "shape"), SHAPES, ids=[text[:40] for text, _ in SHAPES])
def test_shape(statement: str, shape: str | None) -> None:
    assert fingerprint(statement) == (shape or statement)


@pytest.mark.parametrize("statement", [text for text, _ in SHAPES])
def test_a_fingerprint_is_its_own_fingerprint(statement: str) -> None:
    once = fingerprint(statement)
    assert fingerprint(once) == once


def test_memory_of_shapes_is_bounded() -> None:
    seen = Fingerprinter()
    for number in range(21_000):
        seen(b"select c%d from t" % number)
    assert len(seen._shapes) <= 20_000
    assert seen(b"select c1 from t where a = 5") == "select c1 from t where a = ?"


def test_a_huge_insert_is_masked_in_linear_time() -> None:
    rows = b",".join(b"(%d,'x''y',now())" % number for number in range(20_000))
    assert Fingerprinter()(b"insert into t values " + rows) == "insert into t values (?,?,now())"


@pytest.mark.parametrize(
    ("cut", "masked"),
    [
        ("SELECT i.stock, p.price FROM i ... RE i.id = 1 FOR UPDATE", "i.id = ? for update"),
        ("SELECT * FROM t WHERE a = 'sec ... ret' AND b = 'x'", "and b = ?"),
        ("SELECT a FROM b WHERE h = 0xDEAD ... BEEF AND c='d'", "and c=?"),
    ],
)
def test_the_tail_of_a_cut_statement_shows_no_literal(cut: str, masked: str) -> None:
    """sys.innodb_lock_waits cuts statements in their middle, maybe inside a string."""
    shown = mask_fragment(cut)
    assert shown.endswith(f"... {masked}")
    assert "sec" not in shown.lower()
    assert "beef" not in shown.lower()


@pytest.mark.parametrize(
    ("digest", "shown"),
    [
        (
            "SELECT `i` . `stock` FROM `inventories` `i` WHERE `i` . `id` = ? FOR UPDATE ",
            "select i.stock from inventories i where i.id = ? for update",
        ),
        ("SELECT * FROM `t` WHERE ID IN (...)", "select * from t where id in(?+)"),
        ("SELECT * FROM `t` WHERE ID IN ( ?, ... )", "select * from t where id in(?+)"),
        ("SELECT * FROM `t` LIMIT ?, ...", "select * from t limit ?"),
        ("INSERT INTO `t` ( `a` ) VALUES (...) /* , ... */ ", "insert into t (a) values(?+)"),
        ("UPDATE `t` SET `at` = NOW (?) WHERE `id` = ? ", "update t set at = now(?) where id = ?"),
        ("SELECT `a` FROM `b` WHERE `c` ...", "select a from b where c ..."),
    ],
)  # fmt: skip
def test_a_digest_text_reads_like_a_fingerprint(digest: str, shown: str) -> None:
    assert tidy_digest(digest) == shown


@pytest.mark.parametrize(
    ("statement", "digest"),
    [
        (
            (
                "SELECT i.stock, p.price FROM inventories i JOIN products p ON p.id = i.product_id "
                "WHERE i.product_id = 1 FOR UPDATE"
            ),
            (
                "SELECT `i` . `stock` , `p` . `price` FROM `inventories` `i` JOIN `products` `p` "
                "ON `p` . `id` = `i` . `product_id` WHERE `i` . `product_id` = ? FOR UPDATE "
            ),
        ),
        (
            (
                "INSERT INTO user_coupons (user_id, coupon_id, channel, issued_at) "
                "VALUES (5, 6, 'APP', NOW(6))"
            ),
            (
                "INSERT INTO `user_coupons` ( `user_id` , `coupon_id` , CHANNEL , `issued_at` ) "
                "VALUES ( ?, ... , NOW (?) ) "
            ),
        ),
        (
            "UPDATE inventories SET stock = stock - 2, updated_at = NOW(6) WHERE product_id = 7",
            (
                "UPDATE `inventories` SET `stock` = `stock` - ? , `updated_at` = NOW (?) "
                "WHERE `product_id` = ? "
            ),
        ),
    ],
)
def test_a_statement_finds_its_digest(statement: str, digest: str) -> None:
    """Slow log and performance_schema write one statement differently."""
    assert linkable(fingerprint(statement)) == linkable(tidy_digest(digest))


@pytest.mark.parametrize(
    ("text", "verb", "locking"),
    [
        ("select a from t where b = ?", Verb.SELECT, False),
        ("select a from t for update", Verb.SELECT, True),
        ("(select a from t lock in share mode)", Verb.SELECT, True),
        ("update t set a = ?", Verb.UPDATE, True),
        ("commit", Verb.COMMIT, False),
        ("with x as (select ?) select * from x", Verb.SELECT, False),
        ("?", Verb.OTHER, False),
    ],
)
def test_what_a_statement_does(text: str, verb: Verb, locking: bool) -> None:
    assert (verb_of(text), is_locking(text)) == (verb, locking)
