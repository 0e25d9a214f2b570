"""Changes recommended for the database."""

from __future__ import annotations

from perfreport.report.parts._recommended import recommended
from perfreport.report.parts.database import RESOURCE

PLUGIN = recommended(
    RESOURCE,
    (
        "pool-",
        "connection-",
        "row-lock",
        "slow-query",
        "single-row",
        "database-",
        "n-plus-one",
        "remote-call",
    ),
)
