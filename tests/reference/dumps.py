"""What the servers of the synthetic shop would have written, in the formats of the real tools."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_KIB = 1024
_PICOSECONDS = 10**12
_DIGEST = (
    "SCHEMA_NAME", "DIGEST", "DIGEST_TEXT", "COUNT_STAR", "SUM_TIMER_WAIT", "AVG_TIMER_WAIT",
    "SUM_LOCK_TIME", "SUM_ROWS_SENT", "SUM_ROWS_EXAMINED", "SUM_NO_INDEX_USED",
)  # fmt: skip
_WAITS = (
    "wait_started", "wait_age_secs", "locked_table", "locked_index", "locked_type",
    "waiting_trx_id", "waiting_pid", "waiting_query", "waiting_lock_id", "waiting_lock_mode",
    "blocking_trx_id", "blocking_pid", "blocking_query", "blocking_lock_id", "blocking_lock_mode",
)  # fmt: skip


def _tsv(rows: Iterable[Sequence[object]]) -> str:
    return "".join("\t".join(str(cell) for cell in row) + "\n" for row in rows)


def scrapes(
    target: Path, begin: datetime, seconds: Iterable[int], values: Callable[[int], dict[str, float]]
) -> None:
    """Write scrapes of the metrics endpoint, each after a line with its time."""
    pieces = []
    for second in seconds:
        pieces.append(f"# scrape {begin + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}")
        for name, value in values(second).items():
            family = name.partition("{")[0]
            kind = "counter" if family.endswith("_total") else "gauge"
            pieces += [f"# TYPE {family} {kind}", f"{name} {float(value)!r}"]
    target.write_text("\n".join(pieces) + "\n", encoding="utf-8")


def consumer_groups(
    target: Path, begin: datetime, states: Iterable[tuple[int, Sequence[tuple[int, int]]]]
) -> None:
    """Write `kafka-consumer-groups --describe` once per time: committed and lag by partition."""
    group, topic = "ecommerce-coupon-consumer-group", "coupon-issue-requests"
    pieces = []
    for second, partitions in states:
        pieces.append(f"==== {begin + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}\n")
        pieces.append(
            "GROUP                           TOPIC                 PARTITION  CURRENT-OFFSET  "
            "LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID"
        )
        for place, (committed, lag) in enumerate(partitions):
            pieces.append(
                f"{group} {topic} {place:<10} {committed:<15} {committed + lag:<15} {lag:<15} "
                f"consumer-{place + 1} /10.0.0.1 consumer-{place + 1}"
            )
        pieces.append("")
    target.write_text("\n".join(pieces) + "\n", encoding="utf-8")


def gc_log(
    target: Path,
    begin: datetime,
    heap: tuple[int, int],
    pauses: Iterable[tuple[float, float, float, bool]],
) -> None:
    """Write a JDK 8 log of the Parallel collector.

    `heap` is initial and maximal bytes; a pause is second, length, share of the heap in use
    before it, whether it is a Full GC.
    """
    initial, most = heap
    pieces = [
        (
            "OpenJDK 64-Bit Server VM (25.392-b08) for linux-amd64 JRE (1.8.0_392-b08), built on "
            'Oct 17 2023 22:53:12 by "builder" with gcc 7.3.0'
        ),
        "Memory: 4k page, physical 16384000k(8123456k free), swap 0k(0k free)",
        (
            f"CommandLine flags: -XX:InitialHeapSize={initial} -XX:MaxHeapSize={most} "
            "-XX:+PrintGC -XX:+PrintGCDateStamps -XX:+PrintGCDetails -XX:+PrintGCTimeStamps "
            "-XX:+UseParallelGC "
        ),
    ]
    whole = most // _KIB
    young, old = whole // 3, whole - whole // 3
    for second, length, before, full in pauses:
        at = begin + timedelta(seconds=second)
        stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000: {second + 60:.3f}: "
        used = round(before * whole)
        took = f"{length:.7f} secs"
        times = f"[Times: user={length * 2:.2f} sys=0.00, real={length:.2f} secs] "
        if full:
            left = round(used * 0.8)
            pieces.append(
                f"{stamp}[Full GC (Ergonomics) [PSYoungGen: {young // 8}K->0K({young}K)] "
                f"[ParOldGen: {used - young // 8}K->{left}K({old}K)] {used}K->{left}K({whole}K), "
                f"[Metaspace: 90650K->90650K(1132544K)], {took}] {times}"
            )
        else:
            left = max(used - young // 2, used // 2)
            pieces.append(
                f"{stamp}[GC (Allocation Failure) [PSYoungGen: {young // 2}K->{young // 16}K"
                f"({young}K)] {used}K->{left}K({whole}K), {took}] {times}"
            )
    target.write_text("\n".join(pieces) + "\n", encoding="utf-8")


def digest(
    folder: Path, statements: Iterable[tuple[str, float, int, int, int]], locked: float = 0.0
) -> None:
    """Write `events_statements_summary_by_digest` before and after these statements ran.

    A statement is its text, mean seconds, executions, rows read and sent by each; the share
    `locked` of those that lock is time in locks.
    """
    before, after = [_DIGEST], [_DIGEST]
    for text, seconds, count, read, sent in statements:
        identity = ("shop", f"{abs(hash_of(text)):032x}", text)
        for rows, times in ((before, 1), (after, count + 1)):
            picoseconds = round(times * seconds * _PICOSECONDS)
            held = round(picoseconds * locked) if text.endswith("UPDATE") else 0
            scans = times if read > 1000 * max(sent, 1) else 0
            rows.append((
                *identity, times, picoseconds, picoseconds // times, held, times * sent,
                times * read, scans,
            ))  # fmt: skip
    (folder / "digest-before.tsv").write_text(_tsv(before), encoding="utf-8")
    (folder / "digest-after.tsv").write_text(_tsv(after), encoding="utf-8")


def hash_of(text: str) -> int:
    """Return a number that stands for a statement, the same in every run."""
    return int.from_bytes(text.encode()[:12], "big")


def global_status(
    target: Path, begin: datetime, values: Iterator[tuple[int, dict[str, int]]]
) -> None:
    """Write `SHOW GLOBAL STATUS`, repeated with its time."""
    rows = [("time", "Variable_name", "Value")]
    for second, variables in values:
        at = f"{begin + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S.000Z}"
        rows += [(at, name, str(value)) for name, value in variables.items()]
    target.write_text(_tsv(rows), encoding="utf-8")


def lock_waits(target: Path, begin: datetime, samples: Iterable[tuple[int, int]]) -> None:
    """Write `sys.innodb_lock_waits`, once per time: so many transactions wait for one row."""
    pieces = []
    query = "SELECT * FROM inventories WHERE product_id = 1 FOR UPDATE"
    for second, waiting in samples:
        at = begin + timedelta(seconds=second)
        pieces.append(f"# sample {at:%Y-%m-%dT%H:%M:%S.000Z} rows={waiting}\n")
        rows: list[Sequence[object]] = [_WAITS] if waiting else []
        for place in range(waiting):
            first = 27_500 + second * 100
            one = first + 1 + place
            rows.append((
                f"{at:%Y-%m-%d %H:%M:%S}", 0, "`shop`.`inventories`", "PRIMARY", "RECORD",
                one, 100 + place, query, f"{one}:25:3:102", "X",
                first, 99, "NULL", f"{first}:25:3:102", "X",
            ))  # fmt: skip
        pieces.append(_tsv(rows))
    target.write_text("".join(pieces), encoding="utf-8")


def redis_info(target: Path, at: datetime, up: int, hits: int, misses: int, memory: float) -> None:
    """Write `redis-cli INFO`; `memory` is the share in use of 256 MiB."""
    most = 256 * 2**20
    target.write_text(
        "# Server\nredis_version:7.0.15\nredis_mode:standalone\n"
        f"server_time_usec:{round(at.timestamp() * 1e6)}\nuptime_in_seconds:{up}\n\n"
        "# Memory\n"
        f"used_memory:{round(most * memory)}\nmaxmemory:{most}\nmaxmemory_policy:allkeys-lru\n\n"
        "# Stats\n"
        f"total_commands_processed:{2 * (hits + misses)}\nexpired_keys:412\nevicted_keys:0\n"
        f"keyspace_hits:{hits}\nkeyspace_misses:{misses}\n\n"
        "# Keyspace\ndb0:keys=1240,expires=1105,avg_ttl=412000\n",
        encoding="utf-8",
    )


def redis_slowlog(target: Path, at: datetime, commands: Sequence[tuple[str, str]]) -> None:
    """Write `SLOWLOG GET`: commands and their keys, the newest first."""
    pieces = [
        f"{number}\n{round(at.timestamp()) - number}\n{12_000 + number}\n{command}\n{key}\n"
        "10.0.0.7:36464\n\n"
        for number, (command, key) in enumerate(commands)
    ]
    target.write_text("".join(pieces), encoding="utf-8")


def app_log(target: Path, begin: datetime, entries: Iterable[tuple[float, str, str, str]]) -> None:
    """Write Spring Boot's log: second, level, logger, what it says."""
    pieces = []
    for second, level, logger, said in sorted(entries):
        at = begin + timedelta(seconds=second)
        pieces.append(
            f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z {level:>5} 31995 --- "
            f"[ecommerce] [-8080-exec-4] {logger:<40} : {said}\n"
        )
    target.write_text("".join(pieces), encoding="utf-8")
