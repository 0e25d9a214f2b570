"""Index hypotheses: which columns of a slow statement's predicates an index might serve.

Only where something speaks for it: an EXPLAIN in the log that reads a whole table, a digest that
counts executions without an index, or far more rows read than sent. Nothing is proposed for a
table that the EXPLAIN reaches by a key, for predicates on a primary key, or where nearly every row
read is sent: an index would not help there. Schema and data are unknown here, so all of it is a
hypothesis until EXPLAIN says otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.measure._sql_columns import TableUse, table_uses
from perfreport.model.message import message
from perfreport.model.statement import ColumnRole, ColumnUse, IndexHypothesis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perfreport.model.message import Message
    from perfreport.model.sql import PlanStep
    from perfreport.model.statement import StatementFigures

_LONGEST = 20_000
_WHOLE_TABLE = {"ALL", "index"}
_FEWEST_ROWS = 1_000.0  # below this a scan is cheap
_WASTED = 20.0  # rows read for one that is used
_MOST_COLUMNS = 4
_PRIMARY = re.compile(r"(?:id|uuid|pk)")
_NAME = re.compile(r"[a-z0-9_$]+")


def index_hypotheses(figures: Sequence[StatementFigures]) -> Iterator[IndexHypothesis]:
    """Yield hypotheses in the order of the statements given, none twice."""
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    plans = {one.link: one.plan for one in figures if one.plan}
    for one in figures:
        for hypothesis in _of_statement(one, one.plan or plans.get(one.link, ())):
            names = tuple(use.column for use in hypothesis.columns)
            key = (one.link, hypothesis.table, names)
            if key not in seen:
                seen.add(key)
                yield hypothesis


def _of_statement(one: StatementFigures, plan: tuple[PlanStep, ...]) -> Iterator[IndexHypothesis]:
    ratio = one.examined_per_row
    wasteful = (one.rows_examined or 0.0) >= _FEWEST_ROWS and (ratio or 0.0) >= _WASTED
    if len(one.fingerprint) > _LONGEST or not wasteful:
        return
    for use in table_uses(one.fingerprint):
        evidence = _evidence(use, plan, one)
        if evidence is None or _reaches_one_row(use):
            continue
        columns = _ordered(use.columns)
        wrapped = tuple(dict.fromkeys(c.column for c in use.columns if c.wrapped))
        if not columns and not wrapped:
            continue
        yield IndexHypothesis(
            fingerprint=one.fingerprint,
            table=use.table,
            columns=columns,
            wrapped=wrapped,
            seen=evidence,
            rows_examined=one.rows_examined,
            examined_per_row=ratio,
            claim=_claim(use.table, columns, wrapped, evidence, ratio),
            explain=f"EXPLAIN {one.fingerprint}",
            change=_change(use.table, columns),
        )


def _claim(
    table: str,
    columns: tuple[ColumnUse, ...],
    wrapped: tuple[str, ...],
    seen: str,
    ratio: float | None,
) -> Message:
    if not columns:
        return message("sql.index-hypothesis.wrapped", table=table, columns=", ".join(wrapped))
    listed = ", ".join(use.column for use in columns)
    if seen in _WHOLE_TABLE:
        return message("sql.index-hypothesis.explained", table=table, columns=listed)
    if seen == "no-index-used":
        return message("sql.index-hypothesis.no-index-used", table=table, columns=listed)
    examined = round(ratio or 0.0)
    return message(
        "sql.index-hypothesis.rows-examined", table=table, columns=listed, examined=examined
    )


def _evidence(use: TableUse, plan: tuple[PlanStep, ...], one: StatementFigures) -> str | None:
    """What speaks for an index on this table; None where the EXPLAIN speaks against one."""
    for step in plan:
        if step.table.lower() in {use.alias, use.table.rsplit(".", 1)[-1]}:
            return step.access if step.access in _WHOLE_TABLE else None
    if plan:
        return None  # the EXPLAIN does not name the table: nothing is known of it
    if one.full_scans and one.full_scans >= one.count / 2:
        return "no-index-used"
    return "rows-examined" if use.alone else None


def _reaches_one_row(use: TableUse) -> bool:
    """Whether a primary key is already compared: by its usual names, for want of a schema."""
    return any(
        one.role is ColumnRole.EQUAL and not one.wrapped and _PRIMARY.fullmatch(one.column)
        for one in use.columns
    )


def _ordered(columns: Iterable[ColumnUse]) -> tuple[ColumnUse, ...]:
    """Equal columns first, then one range, grouping or order: nothing serves behind a range.

    Columns of a join count only where no value is compared: a table read first gets none of them.
    """
    usable = [one for one in columns if not one.wrapped]
    by_role = {role: _unique(one for one in usable if one.role is role) for role in ColumnRole}
    equal = by_role[ColumnRole.EQUAL]
    if not equal and not by_role[ColumnRole.RANGE]:
        return tuple(by_role[ColumnRole.JOIN][:_MOST_COLUMNS])
    taken = {one.column for one in equal}
    for role in (ColumnRole.RANGE, ColumnRole.GROUP, ColumnRole.ORDER):
        rest = [one for one in by_role[role] if one.column not in taken]
        if rest:
            most = 1 if role is ColumnRole.RANGE else _MOST_COLUMNS
            return (*equal, *rest[:most])[:_MOST_COLUMNS]
    return tuple(equal[:_MOST_COLUMNS])


def _unique(columns: Iterable[ColumnUse]) -> list[ColumnUse]:
    return list({one.column: one for one in columns}.values())


def _change(table: str, columns: tuple[ColumnUse, ...]) -> str:
    if not columns:
        return ""
    names = [one.column for one in columns]
    plain = "_".join([table.rsplit(".", 1)[-1], *names])
    name = f"idx_{'_'.join(_NAME.findall(plain.lower()))}"[:64]
    listed = ", ".join(f"`{column}`" for column in names)
    quoted = ".".join(f"`{part}`" for part in table.split("."))
    return f"ALTER TABLE {quoted} ADD INDEX `{name}` ({listed})"
