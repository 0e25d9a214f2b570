"""Which columns of which tables a fingerprint compares, groups and orders by (sqlglot)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from perfreport.model.statement import ColumnRole, ColumnUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What a fingerprint writes and SQL does not.
_REWRITES = (
    (re.compile(r"\(\?\+\)"), "(?)"),
    (re.compile(r"sql_tsi_"), ""),
    (re.compile(r"/\*.*?\*/"), " "),
    (re.compile(r"\?(?:\s*,\s*\.\.\.)"), "?"),
)
_CUT = " ..."


@dataclass(frozen=True, slots=True)
class TableUse:
    """One table of a statement; `alone`: no other table is read in the same SELECT."""

    table: str
    alias: str
    columns: tuple[ColumnUse, ...]
    alone: bool


def table_uses(fingerprint: str) -> tuple[TableUse, ...]:
    """Return the tables of a statement with their columns; () if it can't be parsed."""
    import sqlglot
    from sqlglot import errors

    text = fingerprint.strip()
    if text.endswith(_CUT.strip()):
        return ()
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it reports what it can't parse to the terminal
    try:
        tree = sqlglot.parse_one(text, dialect="mysql")
    except (errors.SqlglotError, RecursionError, ValueError):
        return ()
    finally:
        logger.setLevel(level)
    return tuple(_uses(tree))


def _uses(tree: Any) -> Iterator[TableUse]:
    from sqlglot import exp

    for scope in tree.find_all(exp.Select, exp.Update, exp.Delete):
        tables = _tables(scope)
        for alias, table in tables.items():
            columns = tuple(dict.fromkeys(_columns(scope, alias, alone=len(tables) == 1)))
            yield TableUse(table, alias, columns, alone=len(tables) == 1)


def _tables(scope: Any) -> dict[str, str]:
    """Tables of one SELECT, UPDATE or DELETE by alias, without those of its subqueries."""
    from sqlglot import exp

    found = {}
    for table in scope.find_all(exp.Table):
        if _owner(table) is scope and table.name:
            name = f"{table.db}.{table.name}" if table.db else table.name
            found[(table.alias_or_name).lower()] = name.lower()
    return found


def _owner(node: Any) -> Any:
    """The innermost SELECT, UPDATE or DELETE around a node."""
    from sqlglot import exp

    return node.find_ancestor(exp.Select, exp.Update, exp.Delete)


def _columns(scope: Any, alias: str, *, alone: bool) -> Iterator[ColumnUse]:
    from sqlglot import exp

    def own(column: Any) -> bool:
        if _owner(column) is not scope:
            return False
        return column.table.lower() == alias if column.table else alone

    yield from _compared(scope, own)
    for clause, role in (("group", ColumnRole.GROUP), ("order", ColumnRole.ORDER)):
        expressions = scope.args.get(clause)
        for one in expressions.expressions if expressions else ():
            bare = one.this if isinstance(one, exp.Ordered) else one
            if isinstance(bare, exp.Column) and own(bare):
                yield ColumnUse(bare.name.lower(), role)


def _compared(scope: Any, own: Callable[[Any], bool]) -> Iterator[ColumnUse]:
    from sqlglot import exp

    conditions = [scope.args.get("where"), *(scope.args.get("joins") or ())]
    for condition in filter(None, conditions):
        for comparison in condition.find_all(exp.Predicate):
            role = _role(comparison)
            if role is ColumnRole.EQUAL and _is_join(comparison):
                role = ColumnRole.JOIN
            if role is not None and not _is_optional(comparison):
                for column in comparison.find_all(exp.Column):
                    if own(column):
                        yield ColumnUse(column.name.lower(), role, _is_wrapped(column, comparison))


def _role(comparison: Any) -> ColumnRole | None:
    from sqlglot import exp

    if isinstance(comparison, exp.EQ | exp.NullSafeEQ | exp.In | exp.Is):
        return ColumnRole.EQUAL
    if isinstance(comparison, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between):
        return ColumnRole.RANGE
    if isinstance(comparison, exp.Like):
        # Whether its pattern begins with a wildcard is gone with the literal.
        return ColumnRole.RANGE
    return None


def _is_join(comparison: Any) -> bool:
    """Whether columns of two tables are compared."""
    from sqlglot import exp

    return len({column.table.lower() for column in comparison.find_all(exp.Column)}) > 1


def _is_optional(comparison: Any) -> bool:
    """Whether a comparison stands under OR or NOT, where one index does not serve it."""
    from sqlglot import exp

    return comparison.find_ancestor(exp.Or, exp.Not) is not None


def _is_wrapped(column: Any, comparison: Any) -> bool:
    """Whether a function or arithmetic stands between a column and its comparison."""
    parent = column.parent
    from sqlglot import exp

    while parent is not comparison and isinstance(parent, exp.Paren):
        parent = parent.parent
    return parent is not comparison
