"""What can be changed in a forecast: settings by their canonical names, and changes of the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.forecast import Change
from perfreport.model.message import Message, message
from perfreport.settings.catalogue import KnownSetting, known_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

POOL = "hikaricp.connections.max"
PATIENCE = "hikaricp.connection-timeout"
THREADS = "tomcat.threads.max"
PARTITIONS = "kafka.partitions"
CONSUMERS = "kafka.consumer.concurrency"
BATCH = "kafka.consumer.batch"
REPLICAS = "app.replicas"
HEAP = "jvm.heap.max"
REMOTE_CALL = "transaction.remote-call"
ROW_LOCK = "transaction.row-lock"
INDEX = "index"
ROUND_TRIPS = "batch"
OUTSIDE = "outside"
SHORT = "short"
_COUNTS = (POOL, THREADS, REPLICAS, PARTITIONS, CONSUMERS, BATCH)
_TIMES = (PATIENCE, ROW_LOCK)
_TIME = re.compile(r"(\d*\.?\d+)(ms|s)?")
_MOST = 100_000.0
_LARGEST_HEAP = 2.0**44

OF_REQUESTS = frozenset({POOL, PATIENCE, THREADS, REPLICAS, REMOTE_CALL, ROW_LOCK})
OF_CONSUMERS = frozenset({PARTITIONS, CONSUMERS, BATCH, REPLICAS})


def parse_changes(written: Sequence[str]) -> tuple[Change, ...]:
    """Read `--set` options; the last one counts where a name is given twice.

    Raises:
        UsageError: an unknown name, no value, or a value out of range.
    """
    found = {change.name: change for change in map(_change, written)}
    if not found:
        raise UsageError(message("forecast.error.nothing-set"), message("forecast.error.see-list"))
    return tuple(found.values())


def is_index(name: str) -> bool:
    """Whether a change is an index for a statement."""
    return name.startswith(f"{INDEX}:")


def is_batch(name: str) -> bool:
    """Whether a change takes executions of a statement together, many in one round trip."""
    return name.startswith(f"{ROUND_TRIPS}:")


def changeable() -> tuple[tuple[str, Message], ...]:
    """Everything `--set` takes, with what it means."""
    return (
        (f"{POOL}=N", message("forecast.list.pool")),
        (f"{PATIENCE}=SECONDS", message("forecast.list.patience")),
        (f"{THREADS}=N", message("forecast.list.threads")),
        (f"{REPLICAS}=N", message("forecast.list.replicas")),
        (f"{HEAP}=SIZE", message("forecast.list.heap")),
        (f"{REMOTE_CALL}={OUTSIDE}", message("forecast.list.remote-call")),
        (f"{ROW_LOCK}=SECONDS|{SHORT}", message("forecast.list.row-lock")),
        (f"{INDEX}:FINGERPRINT=added", message("forecast.list.index")),
        (f"{ROUND_TRIPS}:FINGERPRINT=N", message("forecast.list.round-trips")),
        (f"{PARTITIONS}=N", message("forecast.list.partitions")),
        (f"{CONSUMERS}=N", message("forecast.list.consumers")),
        (f"{BATCH}=N", message("forecast.list.batch")),
    )


def _change(text: str) -> Change:
    statement = text.removesuffix("=added").strip()  # statements hold = as well
    if is_index(statement) and statement.partition(":")[2].strip():
        return Change(statement, "added")
    batched = is_batch(text.strip())
    name, _, value = (
        part.strip() for part in (text.rpartition if batched else text.partition)("=")
    )
    if name == REMOTE_CALL:
        if value != OUTSIDE:
            raise UsageError(message("forecast.error.remote-call", name=name))
        return Change(name, value)
    if name == ROW_LOCK and value == SHORT:
        return Change(name, value)
    if name not in {*_COUNTS, *_TIMES, HEAP} and not batched:
        hint = message("forecast.error.see-list")
        raise UsageError(message("forecast.error.unknown", name=name), hint)
    number = _number(name, value)
    if not 0 < number <= (_LARGEST_HEAP if name == HEAP else _MOST):
        raise UsageError(message("forecast.error.value", name=name, value=value))
    return Change(name, number)


def _number(name: str, value: str) -> float:
    """The value in its base unit; NaN where it is none, or no whole one where it must be."""
    if name == HEAP:
        read = _heap().read(value)
        return read if isinstance(read, float) else float("nan")
    time = _TIME.fullmatch(value) if name in _TIMES else None
    if time is not None:
        return float(time[1]) * (1e-3 if time[2] == "ms" else 1.0)
    try:
        number = float(value)
    except ValueError:
        return float("nan")
    return number if (name in _COUNTS or is_batch(name)) and number.is_integer() else float("nan")


def _heap() -> KnownSetting:
    return next(one for one in known_settings() if one.name == HEAP)
