"""The slow-query log of MariaDB, in any `log_slow_verbosity`.

`# Time` is the server's own clock, so entries are placed by `SET timestamp`, to the second. From
10.6 on waits for row locks enter `Lock_time` a thousand times too small. `Engine_time` and
`Pages_read_time` are milliseconds and are not used.
"""

from __future__ import annotations

from functools import partial

from perfreport.sources import _slow_log_reading
from perfreport.sources._spec import Source

PLUGIN = Source(
    id="slow-log-mariadb",
    kind="slow-query-log",
    sniff=partial(_slow_log_reading.certainty, dialect="mariadb"),
    read=partial(_slow_log_reading.read, dialect="mariadb"),
)
