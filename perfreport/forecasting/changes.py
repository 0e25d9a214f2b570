"""What can be changed in a forecast: settings by their canonical names, and changes of the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.forecast import Change
from perfreport.model.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence

POOL = "hikaricp.connections.max"
PATIENCE = "hikaricp.connection-timeout"
THREADS = "tomcat.threads.max"
PARTITIONS = "kafka.partitions"
CONSUMERS = "kafka.consumer.concurrency"
BATCH = "kafka.consumer.batch"
HEAP = "jvm.heap.max"
REMOTE_CALL = "transaction.remote-call"
INDEX = "index"
OUTSIDE = "outside"
_NUMBERS = (POOL, PATIENCE, THREADS, PARTITIONS, CONSUMERS, BATCH)
_WHOLE = frozenset(_NUMBERS) - {PATIENCE}
_MOST = 100_000.0

OF_REQUESTS = frozenset({POOL, PATIENCE, THREADS, REMOTE_CALL})
OF_CONSUMERS = frozenset({PARTITIONS, CONSUMERS, BATCH})


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


def changeable() -> tuple[tuple[str, Message], ...]:
    """Everything `--set` takes, with what it means."""
    return (
        (f"{POOL}=N", message("forecast.list.pool")),
        (f"{PATIENCE}=SECONDS", message("forecast.list.patience")),
        (f"{THREADS}=N", message("forecast.list.threads")),
        (f"{REMOTE_CALL}={OUTSIDE}", message("forecast.list.remote-call")),
        (f"{INDEX}:FINGERPRINT=added", message("forecast.list.index")),
        (f"{PARTITIONS}=N", message("forecast.list.partitions")),
        (f"{CONSUMERS}=N", message("forecast.list.consumers")),
        (f"{BATCH}=N", message("forecast.list.batch")),
    )


def _change(text: str) -> Change:
    statement = text.removesuffix("=added").strip()  # statements hold = as well
    if is_index(statement) and statement.partition(":")[2].strip():
        return Change(statement, "added")
    name, _, value = (part.strip() for part in text.partition("="))
    if name == REMOTE_CALL:
        if value != OUTSIDE:
            raise UsageError(message("forecast.error.remote-call", name=name))
        return Change(name, value)
    if name not in _NUMBERS:
        hint = message("forecast.error.see-list")
        raise UsageError(message("forecast.error.unknown", name=name), hint)
    try:
        number = float(value.removesuffix("s") if name == PATIENCE else value)
    except ValueError:
        number = float("nan")
    if not 0 < number <= _MOST or (name in _WHOLE and number != int(number)):
        raise UsageError(message("forecast.error.value", name=name, value=value))
    return Change(name, number)
