"""The EXPLAIN that MariaDB writes into its slow log (`log_slow_verbosity=explain`)."""

from __future__ import annotations

import re

from perfreport.model.sql import PlanStep

_EXPLAIN = re.compile(rb"^# explain: ([^\n]*)$", re.MULTILINE)


def read_plan(block: bytes) -> tuple[PlanStep, ...]:
    """Read the `# explain:` lines of an entry by the column names in their first one."""
    lines = [line.decode("utf-8", "replace").split("\t") for line in _EXPLAIN.findall(block)]
    if not lines or "select_type" not in lines[0]:
        return ()
    return tuple(_step(dict(zip(lines[0], cells, strict=False))) for cells in lines[1:])


def _step(cells: dict[str, str]) -> PlanStep:
    def known(name: str) -> str | None:
        cell = cells.get(name, "NULL").strip()
        return None if cell in {"NULL", ""} else cell

    def number(name: str) -> float | None:
        try:
            return float(known(name) or "")
        except ValueError:
            return None

    rows = number("rows")
    return PlanStep(
        select_type=known("select_type") or "",
        table=known("table") or "",
        access=known("type") or "",
        possible_keys=known("possible_keys"),
        key=known("key"),
        rows=None if rows is None else int(rows),
        examined=number("r_rows"),
        extra=known("Extra") or "",
    )
