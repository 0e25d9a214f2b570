"""`SHOW GLOBAL VARIABLES`: how the server was set, as far as it bears on performance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.database import GlobalVariables
from perfreport.sources._client_source import ClientReading, certainty, number_of
from perfreport.sources._server_variables import has_pairs, is_status, value_name
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

# Only these are kept: others may hold paths, addresses, statements or credentials.
_KEPT = re.compile(
    r"max_(?:connections|user_connections|allowed_packet|heap_table_size|statement_time"
    r"|execution_time|prepared_stmt_count)|back_log|thread_(?:cache_size|handling|pool_\w+)"
    r"|(?:wait|interactive|lock_wait|net_read|net_write|connect)_timeout|long_query_time"
    r"|slow_query_log|log_slow_(?:verbosity|rate_limit|extra|rate_type)|log_output|log_timestamps"
    r"|log_queries_not_using_indexes|min_examined_row_limit|innodb_(?:buffer_pool_\w*size"
    r"|buffer_pool_instances|lock_wait_timeout|flush_log_at_trx_commit|flush_method|io_capacity\w*"
    r"|log_file_size|log_buffer_size|redo_log_capacity|deadlock_detect|print_all_deadlocks"
    r"|thread_concurrency|read_io_threads|write_io_threads|autoinc_lock_mode|adaptive_hash_index)"
    r"|sync_binlog|log_bin|tx_isolation|transaction_isolation|(?:join|sort|read|read_rnd)_buffer_size"
    r"|tmp_table_size|table_open_cache|table_definition_cache|query_cache_(?:type|size)|autocommit"
    r"|performance_schema(?:_digests_size|_max_digest_length)?|version(?:_comment)?|sql_mode"
    r"|(?:system_)?time_zone|skip_name_resolve|read_only"
)
_SUMMARY = (
    "max_connections",
    "innodb_buffer_pool_size",
    "innodb_lock_wait_timeout",
    "long_query_time",
)


def sniff(head: Head) -> float:
    """Certain where names and values are those of settings."""
    return certainty(head, lambda table, rows: has_pairs(table) and is_status(rows) is False)


def read(source: Input) -> Reading:
    """Read the settings; of repeated dumps the last one counts."""
    tables: dict[ResultTable, list[ResultRow]] = {}
    reading = ClientReading(source, has_pairs)
    for row in reading.rows():
        tables.setdefault(row.table, []).append(row)
    settings: dict[str, str] = {}
    records = 0
    for table, rows in tables.items():
        if is_status(rows) is True:
            reading.leave(rows)
            continue
        value_column = value_name(table) or ""
        for row in rows:
            records += 1
            name = (row.get("variable_name") or "").lower()
            if _KEPT.fullmatch(name):
                settings[name] = row.get(value_column) or ""
    variables = tuple(sorted(settings.items()))

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (GlobalVariables(ref, variables),)

    return Reading(
        facts=facts,
        records=records,
        skipped=reading.losses.count,
        problems=reading.problems(),
        summary=(
            ("variables", records),
            *((name, number_of(settings[name])) for name in _SUMMARY if name in settings),
        ),
        foreign=reading.foreign(),
    )


PLUGIN = Source(id="global-variables", kind="global-variables", sniff=sniff, read=read)
