"""Parts of lock dumps that several dialects share."""

from __future__ import annotations

import re

from perfreport.sqltext import fingerprint, mask_fragment

_LOCK_ID = re.compile(r"[0-9a-fx]+:(\d+(?::\d+){1,3})")


def record_of(lock_id: str | None) -> str | None:
    """Place of the locked record (space:page:heap), out of `trx:space:page:heap`.

    MySQL 8 writes `trx:space:page:heap:address` and `trx:space:address` for tables; the address
    of the lock itself differs between waiter and blocker and is left out.
    """
    match = _LOCK_ID.match(lock_id or "")
    if match is None:
        return None
    return ":".join(match[1].split(":")[:3])


def table_of(name: str | None, schema: str | None = None) -> str | None:
    """`schema.table` of `` `schema`.`table` `` or of two columns."""
    if not name:
        return None
    bare = name.replace("`", "").strip()
    return f"{schema}.{bare}" if schema and "." not in bare else bare


def statement_of(text: str | None) -> str | None:
    """Fingerprint of a statement, also of one that sys cut in its middle; None for none."""
    if not text or not text.strip():
        return None
    return (mask_fragment(text) if " ... " in text else fingerprint(text)) or None
