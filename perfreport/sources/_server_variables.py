"""SHOW STATUS and SHOW VARIABLES print the same two columns; their names tell which is which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.sources._client_output import ResultRow, ResultTable

_STATUS = re.compile(
    r"(?:com|handler|threads|aborted|bytes|created_tmp|select|sort|qcache|table_locks|opened|uptime)"
    r"(?:_\w+)?|innodb_(?:row_lock|rows|data|buffer_pool_(?:pages|read|reads|write|wait)|log_w"
    r"|os_log|dblwr|deadlocks|history_list)\w*|questions|queries|slow_queries|connections"
    r"|max_used_connections\w*|max_statement_time_exceeded|busy_time|cpu_time",
    re.IGNORECASE,
)
_SETTINGS = frozenset({
    "autocommit", "back_log", "basedir", "bind_address", "character_set_server", "datadir",
    "hostname", "innodb_buffer_pool_instances", "innodb_buffer_pool_size", "innodb_flush_method",
    "innodb_flush_log_at_trx_commit", "innodb_io_capacity", "innodb_lock_wait_timeout",
    "innodb_log_file_size", "interactive_timeout", "long_query_time", "max_allowed_packet",
    "max_connections", "port", "slow_query_log", "slow_query_log_file", "socket",
    "sort_buffer_size",
    "sql_mode", "sync_binlog", "table_open_cache", "thread_cache_size", "thread_handling",
    "tmp_table_size", "transaction_isolation", "tx_isolation", "version", "wait_timeout",
    "system_time_zone", "time_zone", "log_output", "performance_schema",
})  # fmt: skip


def has_pairs(table: ResultTable) -> bool:
    """Whether a result set is one of names and values."""
    return "variable_name" in table.columns and bool(value_name(table))


def value_name(table: ResultTable) -> str | None:
    """Name of the column that holds the values."""
    names = ("value", "variable_value", "global_value", "session_value")
    return next((name for name in names if name in table.columns), None)


def is_status(rows: Iterable[ResultRow]) -> bool | None:
    """Whether rows are counters (True) or settings (False); None where nothing tells."""
    status = settings = 0
    for row in rows:
        name = (row.get("variable_name") or "").lower()
        if name in _SETTINGS:
            settings += 1
        elif _STATUS.fullmatch(name):
            status += 1
    return None if status == settings else status > settings
