"""`redis-cli INFO`, once or repeated: gauges, counters since start, commands, keyspace.

Redis 7 writes its own clock (`server_time_usec`); before that only separators between snapshots
can place them. A lone INFO tells lifetime totals, never what happened during the test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.redis import CommandStat, Keyspace, RedisInfo, RedisSnapshot
from perfreport.model.signal import SignalKind
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._series import SeriesCollector
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input

_ENTRY = re.compile(r"^(?:\S+:\d+> ?(?:info\b.*)?)?([a-z][\w.|@-]*):(.*)$", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(redis_version|valkey_version|used_memory|keyspace_hits|cmdstat_[\w|-]+(?=:calls=\d)"
    r"|latency_percentiles_usec_[\w|-]+):",
    re.MULTILINE,
)
_VERSION = ("redis_version", "valkey_version")
_GAUGE, _COUNTER = SignalKind.GAUGE, SignalKind.COUNTER
_SIGNALS = {
    "keyspace_hits": ("redis.keyspace.hits", _COUNTER, Unit.COUNT, 1.0),
    "keyspace_misses": ("redis.keyspace.misses", _COUNTER, Unit.COUNT, 1.0),
    "evicted_keys": ("redis.keys.evicted", _COUNTER, Unit.COUNT, 1.0),
    "expired_keys": ("redis.keys.expired", _COUNTER, Unit.COUNT, 1.0),
    "total_commands_processed": ("redis.commands.processed", _COUNTER, Unit.COUNT, 1.0),
    "rejected_connections": ("redis.connections.rejected", _COUNTER, Unit.COUNT, 1.0),
    "total_error_replies": ("redis.errors", _COUNTER, Unit.COUNT, 1.0),
    "used_cpu_user": ("redis.cpu.user", _COUNTER, Unit.SECONDS, 1.0),
    "used_cpu_sys": ("redis.cpu.system", _COUNTER, Unit.SECONDS, 1.0),
    "used_memory": ("redis.memory.used", _GAUGE, Unit.BYTES, 1.0),
    "used_memory_peak": ("redis.memory.peak", _GAUGE, Unit.BYTES, 1.0),
    "maxmemory": ("redis.memory.max", _GAUGE, Unit.BYTES, 1.0),
    "connected_clients": ("redis.clients.connected", _GAUGE, Unit.COUNT, 1.0),
    "blocked_clients": ("redis.clients.blocked", _GAUGE, Unit.COUNT, 1.0),
    "instantaneous_ops_per_sec": ("redis.commands.rate", _GAUGE, Unit.PER_SECOND, 1.0),
    "latest_fork_usec": ("redis.fork.last", _GAUGE, Unit.SECONDS, 1e-6),
    "uptime_in_seconds": ("redis.uptime", _GAUGE, Unit.SECONDS, 1.0),
}
_NO_LIMIT = {"maxmemory"}  # zero means that there is none
_SUMMARY = ("keyspace_hits", "keyspace_misses", "evicted_keys")


def sniff(head: Head) -> float:
    """Certain with a version or Redis' own figures in `key:value` form."""
    found = set(_SIGNATURE.findall(head.text.replace("\r", "")))
    if found & set(_VERSION):
        return 1.0
    return 0.8 if found else 0.0


def read(source_input: Input) -> Reading:
    """Read every snapshot."""
    snapshots: list[tuple[int | None, bool, dict[str, str]]] = []
    losses = Losses(source_input.name)
    current: dict[str, str] = {}
    time_ns: int | None = None
    zoned = True
    records = 0

    def close() -> None:
        if current:
            own = current.get("server_time_usec", "")
            placed = int(own) * 1000 if own.isdigit() else time_ns
            snapshots.append((placed, zoned or own.isdigit(), dict(current)))
            current.clear()

    for number, line in source_input.lines():
        text = line.strip()
        if not text or (text.startswith("#") and find_instant(text) is None):
            continue
        entry = _ENTRY.match(text)
        if entry is not None and find_instant(text[:30]) is None:
            if entry[1] in current:
                close()  # the next INFO begins: a key comes again
            current[entry[1]] = entry[2].strip()
            records += 1
            continue
        instant = find_instant(text)
        if instant is not None:
            close()
            time_ns, zoned = instant.ns, instant.zoned
            continue
        losses.add(number)
    close()
    return _reading(snapshots, losses, records)


def _reading(
    snapshots: list[tuple[int | None, bool, dict[str, str]]], losses: Losses, records: int
) -> Reading:
    times = [time for time, _, _ in snapshots if time is not None]
    placed = bool(times) and all(time is not None and zoned for time, zoned, _ in snapshots)
    series = SeriesCollector()
    for time, _, fields in snapshots:
        if time is not None:
            _collect(series, time, fields)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        info = RedisInfo(ref, tuple(_snapshot(time, fields) for time, _, fields in snapshots))
        return (info, series.build(ref)) if times else (info,)

    last = snapshots[-1][2] if snapshots else {}
    summary: list[tuple[str, SummaryValue]] = [("snapshots", len(snapshots))]
    summary += [(key, _whole(last.get(key))) for key in _SUMMARY]
    return Reading(
        facts=facts,
        records=records,
        skipped=losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=Clock(ClockKind.UTC if placed else ClockKind.UNKNOWN),
        problems=losses.problems(),
        summary=tuple(summary),
    )


def _collect(series: SeriesCollector, time_ns: int, fields: dict[str, str]) -> None:
    series.asked_at(time_ns)
    kinds = {signal: (kind, unit) for signal, kind, unit, _ in _SIGNALS.values()}
    for signal, value in _figures(fields):
        series.add(signal, *kinds[signal], time_ns, value)
    for stat in _commands(fields):
        calls, seconds = "redis.command.calls", "redis.command.time"
        series.add(calls, _COUNTER, Unit.COUNT, time_ns, stat.calls, command=stat.command)
        series.add(seconds, _COUNTER, Unit.SECONDS, time_ns, stat.seconds, command=stat.command)


def _figures(fields: dict[str, str]) -> Iterator[tuple[str, float]]:
    for key, (signal, _, _, factor) in _SIGNALS.items():
        value = _amount(fields.get(key))
        if value is not None and not (key in _NO_LIMIT and value == 0):
            yield signal, value * factor


def _snapshot(time_ns: int | None, fields: dict[str, str]) -> RedisSnapshot:
    version = next((fields[name] for name in _VERSION if name in fields), None)
    return RedisSnapshot(
        time_ns=time_ns,
        version=version,
        uptime_seconds=_amount(fields.get("uptime_in_seconds")),
        policy=fields.get("maxmemory_policy"),
        figures=tuple(_figures(fields)),
        commands=_commands(fields),
        keyspaces=_keyspaces(fields),
    )


def _commands(fields: dict[str, str]) -> tuple[CommandStat, ...]:
    stats = []
    for key, text in fields.items():
        if key.startswith("cmdstat_"):
            parts = _pairs(text)
            calls, microseconds = _whole(parts.get("calls")), _amount(parts.get("usec"))
            if calls is not None and microseconds is not None:
                command = key.removeprefix("cmdstat_")
                stats.append(CommandStat(command, calls, microseconds / 1e6))
    return tuple(sorted(stats, key=lambda stat: (-stat.seconds, stat.command)))


def _keyspaces(fields: dict[str, str]) -> tuple[Keyspace, ...]:
    found = []
    for key, text in fields.items():
        number = key.removeprefix("db")
        if key.startswith("db") and number.isdigit():
            parts = _pairs(text)
            ttl = _amount(parts.get("avg_ttl"))
            keys, expires = _whole(parts.get("keys")) or 0, _whole(parts.get("expires")) or 0
            found.append(Keyspace(int(number), keys, expires, ttl / 1000 if ttl else None))
    return tuple(found)


def _pairs(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in text.split(","))}


def _amount(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    amount = _amount(text)
    return None if amount is None or amount != amount // 1 else int(amount)


PLUGIN = Source(id="redis-info", kind="redis-info", sniff=sniff, read=read)
