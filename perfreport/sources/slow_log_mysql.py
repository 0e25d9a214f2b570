"""The slow-query log of MySQL 5.x, 8.x and their forks that keep its fields.

`# Time` carries a zone from 5.7 on and is the end of the entry; `SET timestamp` is its start from
8.0.14 on. `Lock_time` includes waits for row locks.
"""

from __future__ import annotations

from functools import partial

from perfreport.sources import _slow_log_reading
from perfreport.sources._spec import Source

PLUGIN = Source(
    id="slow-log-mysql",
    kind="slow-query-log",
    sniff=partial(_slow_log_reading.certainty, dialect="mysql"),
    read=partial(_slow_log_reading.read, dialect="mysql"),
)
