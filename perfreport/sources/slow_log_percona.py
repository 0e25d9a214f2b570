"""The slow-query log of Percona Server with its own fields, and its sampling.

`Log_slow_rate_limit` says that only one in so many queries or sessions was logged; counts are
given as logged, the factor beside them.
"""

from __future__ import annotations

from functools import partial

from perfreport.sources import _slow_log_reading
from perfreport.sources._spec import Source

PLUGIN = Source(
    id="slow-log-percona",
    kind="slow-query-log",
    sniff=partial(_slow_log_reading.certainty, dialect="percona"),
    read=partial(_slow_log_reading.read, dialect="percona"),
)
