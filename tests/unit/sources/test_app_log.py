"""Application logs: one record counts once, pools speak for themselves, nothing private leaks."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from perfreport.model.applog import Level
from perfreport.model.source import ClockKind
from perfreport.sources import app_log_json, app_log_text
from perfreport.sources._input import Input
from perfreport.sources._log_headers import header_of
from perfreport.sources._log_templates import template
from tests.unit.sources.jvm_files import SAMPLES, read_sample, read_text, samples_of

TEXT, JSON = app_log_text.PLUGIN, app_log_json.PLUGIN
BOOT = "2026-11-22T12:28:01.{:03d}Z {:>5} 29235 --- [shop] [nio-8080-exec-1] c.s.Orders : {}\n"


def _ns(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 10**9 + moment.microsecond * 1000


def _text(name: str) -> str:
    raw = (SAMPLES / TEXT.id / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


@pytest.mark.parametrize("path", [*samples_of(TEXT), *samples_of(JSON)], ids=lambda p: p.name)
def test_real_logs_are_recognised_and_read_without_loss(path) -> None:
    source, other = (TEXT, JSON) if path.parent.name == TEXT.id else (JSON, TEXT)
    head = Input(path.name, path).head
    assert source.sniff(head) >= 0.6
    assert other.sniff(head) == 0.0
    assert read_sample(source, path.name).reading.skipped == 0


@pytest.mark.parametrize("path", samples_of(TEXT), ids=lambda p: p.name)
def test_levels_equal_what_grep_counts(path) -> None:
    record = re.compile(
        r"^(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\.\d{3}.*?\b([A-Z]{4,5})\b", re.MULTILINE
    )
    counted = Counter(record.findall(_text(path.name)))
    levels = {level.name: count for level, count in read_sample(TEXT, path.name).fact.levels}
    assert levels == counted


def test_an_exception_counts_once_although_header_and_trace_both_name_it() -> None:
    text = _text("boot3-pool-timeouts.log")
    read = read_sample(TEXT, "boot3-pool-timeouts.log")
    errors = len(re.findall(r"^20\S+ ERROR ", text, re.MULTILINE))
    assert read.summary["exceptions"] == (("java.sql.SQLTransientConnectionException", errors),)
    assert read.summary["errors"] == errors
    assert len(read.fact.timeouts) == errors


def test_timeouts_carry_wait_and_levels_of_the_moment() -> None:
    log = read_sample(TEXT, "boot3-pool-timeouts.log").fact
    first = _text("boot3-pool-timeouts.log").splitlines()[int(log.timeouts.lines[0]) - 1]
    assert "timed out after 1500ms (total=2, active=2, idle=0, waiting=47)" in first
    timeouts = log.timeouts
    found = (timeouts.seconds[0], timeouts.total[0], timeouts.active[0], timeouts.waiting[0])
    assert found == (1.5, 2, 2, 47)
    assert timeouts.times_ns[0] == _ns(first.split()[0].rstrip("Z"))
    assert timeouts.pool[0] == "HikariPool-1"


@pytest.mark.parametrize("tail", [".", " (total=10, active=10, idle=0, waiting=3)"])
def test_timeouts_of_older_pools_and_of_several_layers_count_once(tail: str) -> None:
    said = f"HikariPool-1 - Connection is not available, request timed out after 30000ms{tail}"
    log = read_text(
        TEXT,
        BOOT.format(103, "WARN", f"SQL Error: 0, SQLState: null {said}")
        + BOOT.format(110, "ERROR", said)
        + BOOT.format(140, "ERROR", f"Servlet.service() threw exception [{said}] with root cause")
        + "\njava.sql.SQLTransientConnectionException: " + said + "\n"
        "\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:714)\n"
        "\tat com.shop.Orders.place(Orders.java:18)\n"
        + BOOT.format(990, "ERROR", said),
    ).fact  # fmt: skip
    assert log.timeouts.seconds.tolist() == [30.0, 30.0]
    assert log.errors == 3


def test_leaks_tell_where_the_connection_was_taken() -> None:
    log = read_sample(TEXT, "boot3-connection-leak.log").fact
    text = _text("boot3-connection-leak.log")
    assert len(log.leaks) == text.count("Connection leak detection triggered")
    assert (
        log.leaks[0].frames[0]
        == "com.shop.ecommerce.OrderService.writeAuditTrail(OrderService.java)"
    )
    assert log.leaks[0].thread == "http-nio-127.0.0.1-18080-exec-4"
    assert not log.leaks[0].returned
    assert all("Apparent" not in name for name, _ in log.exceptions)


def test_a_leak_that_came_back_is_no_leak() -> None:
    log = read_sample(TEXT, "boot2-local-time.log").fact
    text = _text("boot2-local-time.log")
    assert sum(leak.returned for leak in log.leaks) == text.count("was returned to the pool")


def test_pool_statistics_are_a_series() -> None:
    said = (
        "Pool stats (total=10/10, idle=0/10, active=10, waiting=37)",
        "Timeout failure stats (total=9, active=8, idle=1, waiting=0)",
        "After  cleanup stats (total=9/10, idle=1/10, active=8, waiting=0)",
    )
    lines = [BOOT.format(n, "DEBUG", f"HikariPool-1 - {words}") for n, words in enumerate(said)]
    log = read_text(TEXT, "".join(lines)).fact
    (pool,) = log.pools
    assert pool.pool == "HikariPool-1"
    assert (pool.active.tolist(), pool.waiting.tolist()) == ([10, 8, 8], [37, 0, 0])
    assert pool.maximum[0] == 10
    assert pool.regular.tolist() == [1, 0, 0]
    assert log.groups == ()


def test_only_the_rhythm_of_the_housekeeper_becomes_a_signal() -> None:
    """Lines about timeouts are logged when the pool is full: their mean would be, too."""
    said = "(total=10/10, idle=0/10, active={}, waiting=37)"
    text = BOOT.format(1, "DEBUG", f"HikariPool-1 - Pool stats {said.format(4)}")
    text += BOOT.format(2, "DEBUG", f"HikariPool-1 - Timeout failure stats {said.format(10)}")
    _, signals = read_text(TEXT, text).facts
    active = next(one for one in signals.series if one.signal == "hikaricp.connections.active")
    assert (active.values.tolist(), active.labels) == ([4.0], (("pool", "HikariPool-1"),))


def test_a_stall_of_the_process_is_noted() -> None:
    said = "HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=1m12s345ms)."
    (stall,) = read_text(TEXT, BOOT.format(1, "WARN", said)).fact.stalls
    assert stall.seconds == pytest.approx(72.345)


def test_root_cause_is_the_last_cause_and_the_frame_is_our_own() -> None:
    log = read_sample(TEXT, "boot3-database-down.log").fact
    failed = next(group for group in log.groups if group.level is Level.ERROR)
    assert failed.exception == "org.springframework.beans.factory.UnsatisfiedDependencyException"
    assert failed.root_cause == "java.net.ConnectException"
    assert failed.frame == "com.example.shop.ShopApp.main(ShopApp.java)"


def test_root_cause_first_traces_are_turned_round() -> None:
    log = read_text(
        TEXT,
        BOOT.format(1, "ERROR", "failed") + "java.net.SocketTimeoutException: Read timed out\n"
        "\tat java.net.Socket.read(Socket.java:1)\n"
        "Wrapped by: feign.RetryableException: Read timed out executing POST\n"
        "\tat com.shop.Payments.pay(Payments.java:9)\n",
    ).fact
    (group,) = log.groups
    assert (group.exception, group.root_cause) == (
        "feign.RetryableException",
        "java.net.SocketTimeoutException",
    )


def test_records_that_say_the_same_are_one_group_over_time() -> None:
    text = "".join(BOOT.format(n, "ERROR", f"order {n}7 of user 'kim{n}' failed") for n in range(5))
    (group,) = read_text(TEXT, text).fact.groups
    assert group.template == "order <n> of user <s> failed"
    assert group.times_ns.tolist() == [_ns(f"2026-11-22T12:28:01.00{n}") for n in range(5)]
    assert group.lines.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Duplicate entry 'kim@shop.kr' for key 'uk_email'", "Duplicate entry <s> for key <s>"),
        ("mail to kim.lee@shop.co.kr failed", "mail to <email> failed"),
        ("card 4111-1111-1111-1111 refused", "card <n> refused"),
        ("password=hunter2 rejected", "password=*** rejected"),
        ("Authorization: Bearer abcdef123456", None),
        ("session 550e8400-e29b-41d4-a716-446655440000 expired", "session <id> expired"),
        ("can't place order: stock - 1 < 0", "can't place order: stock - <n> < <n>"),
        ('unterminated "secret name', "unterminated <s>"),
        ("GET /api/users/kim/orders?token=abc failed", None),
        ("conn com.mysql.Conn@4785dec9 broke", "conn com.mysql.Conn@<id> broke"),
    ],
)
def test_literals_never_reach_a_template(said: str, kept: str | None) -> None:
    text = template(said)
    for secret in ("kim", "4111", "hunter2", "abcdef", "550e", "secret", "4785"):
        assert secret not in text
    if kept is not None:
        assert text == kept


SLEUTH = "2026-11-22 12:28:01.103 ERROR [shop,6f1a,6f1a] 7 --- [nio-8080-exec-2] c.s.Orders : x y"
TRACED = "2026-11-22T12:28:01+09:00 ERROR 7 --- [shop] [nio-8080-exec-2] [6f1a-6f1a] c.s.O : x y"


@pytest.mark.parametrize(
    ("line", "thread", "logger", "said"),
    [
        (BOOT.format(1, "WARN", "x y").strip(), "nio-8080-exec-1", "c.s.Orders", "x y"),
        ("2026-11-22 12:32:58,133 [main] WARN  c.s.Orders - x y", "main", "c.s.Orders", "x y"),
        ("12:28:01.103 [main] ERROR c.s.Orders -- x y", "main", "c.s.Orders", "x y"),
        ("2026-11-22 12:32:58.133 WARN  [http-1] c.s.Orders: x y", "http-1", "c.s.Orders", "x y"),
        ("[2026-11-22T12:32:58.133+09:00] [WARN] [main] c.s.O - x y", "main", "c.s.O", "x y"),
        ("22-Nov-2026 12:28:01.103 SEVERE [exec-5] x y", "", "", "[exec-5] x y"),
        ("WARN  2026-11-22 12:28:01,103 [main] c.s.Orders - x y", "main", "c.s.Orders", "x y"),
        (SLEUTH, "nio-8080-exec-2", "c.s.Orders", "x y"),
        (TRACED, "nio-8080-exec-2", "c.s.O", "x y"),
    ],
)
def test_patterns(line: str, thread: str, logger: str, said: str) -> None:
    header = header_of(line)
    assert header is not None
    assert header.parts() == (thread, logger, said)


@pytest.mark.parametrize(
    "line",
    [
        "java.lang.IllegalStateException: ERROR at 12:00:00",
        "\tat com.shop.A.b(A.java:1)",
        "2026-11-22 12:28:12",
        "2026-11-22T12:19:16.669+0000: 319.348: [GC (Allocation Failure) 5K->4K(9K), 0.02 secs]",
        "Caused by: java.net.ConnectException: Connection refused",
    ],
)
def test_lines_that_start_no_record(line: str) -> None:
    assert header_of(line) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("boot3-start.log", ClockKind.UTC),
        ("boot2-local-time.log", ClockKind.UNKNOWN),
        ("logback-time-of-day.log", ClockKind.RELATIVE),
    ],
)
def test_clock(name: str, kind: ClockKind) -> None:
    assert read_sample(TEXT, name).reading.clock.kind is kind


def test_times_of_day_pass_midnight() -> None:
    log = read_text(
        TEXT,
        "23:59:59.000 [main] ERROR c.s.Orders -- late\n"
        "00:00:01.000 [main] ERROR c.s.Orders -- late\n",
    ).fact
    (group,) = log.groups
    assert group.times_ns[1] - group.times_ns[0] == 2_000_000_000


def test_offsets_are_taken_to_utc() -> None:
    line = "2026-11-22T21:28:01.103+09:00 ERROR 1 --- [           main] c.s.Orders : x\n"
    reading = read_text(TEXT, line).reading
    assert reading.start_ns == _ns("2026-11-22T12:28:01.103")
    assert reading.clock.offset_ns == 9 * 3600 * 10**9


def test_a_thread_dump_inside_is_handed_on_whole() -> None:
    name = "boot3-kill3-dump.log.gz"
    (segment,) = read_sample(TEXT, name).reading.foreign
    lines = _text(name).splitlines()
    begin = next(n for n, line in enumerate(lines, 1) if line.startswith("Full thread dump"))
    assert segment.first_line == begin - 1  # with the time above it
    given = segment.text.splitlines()
    assert given == lines[segment.first_line - 1 : segment.last_line]
    assert lines[segment.last_line - 1].lstrip().startswith("class space")


def test_gc_lines_inside_are_handed_on_with_their_numbers() -> None:
    pause = "[1.0{}s][info][gc] GC({}) Pause Young (Normal) (x) 40M->10M(64M) 0.1ms\n"
    read = read_text(
        TEXT,
        BOOT.format(1, "INFO", "a") + pause.format(1, 1) + BOOT.format(2, "ERROR", "b")
        + "\tat com.shop.Orders.place(Orders.java:18)\n" + pause.format(2, 2),
    )  # fmt: skip
    (segment,) = read.reading.foreign
    assert (segment.first_line, segment.last_line) == (2, 5)
    assert [bool(line) for line in segment.text.splitlines()] == [True, False, False, True]


@pytest.mark.parametrize("prefix", ["[pod/shop-7d9/app] ", "shop-1  | ", "2026-11-22T12:26:36.1Z "])
def test_container_prefixes_and_colours(prefix: str) -> None:
    text = _text("boot3-connection-leak.log")
    plain = read_text(TEXT, text)
    coloured = re.sub(r"\b(ERROR|WARN|INFO)\b", "\x1b[31m\\1\x1b[0;39m", text)
    given = "".join(prefix + line + "\n" for line in coloured.splitlines())
    assert TEXT.sniff(Input("x", content=given.encode()).head) >= 0.6
    read = read_text(TEXT, given)
    assert read.summary == plain.summary
    assert read.reading.start_ns == plain.reading.start_ns


def test_json_records_say_the_same_as_text() -> None:
    for name in ("ecs.json.log", "logstash.json.log"):
        log = read_sample(JSON, name).fact
        lines = (SAMPLES / JSON.id / name).read_text(encoding="utf-8").splitlines()
        errors = [line for line in lines if '"ERROR"' in line]
        assert log.errors == len(errors)
        assert len(log.timeouts) == sum("timed out after" in line for line in errors)
        assert len(log.leaks) == sum("leak detection triggered" in line for line in lines)
        assert log.leaks[0].frames == ("com.example.shop.OrderController.leak(ShopApp.java)",)
        assert len(log.started) == 1


STACK = "java.lang.IllegalStateException: no\n\tat com.shop.A.b(A.java:1)"


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "1.1", "short_message": "boom", "timestamp": 1795350481.103, "level": 3,
         "_thread_name": "main", "_level_name": "ERROR",
         "full_message": f"boom\n\n{STACK}"},
        {"instant": {"epochSecond": 1795350481, "nanoOfSecond": 103000000}, "level": "ERROR",
         "loggerName": "c.s.A", "message": "boom",
         "thrown": {"name": "java.lang.IllegalStateException", "extendedStackTrace": STACK}},
        {"@timestamp": "2026-11-22T12:28:01.103Z", "log.level": "ERROR", "message": "boom",
         "error.type": "java.lang.IllegalStateException", "error.message": "no"},
        {"time": 1795350481103, "severity": "ERROR", "logger": "c.s.A", "message": "boom",
         "stack_trace": STACK},
    ],
)  # fmt: skip
def test_json_encoders(fields) -> None:
    for line in (
        json.dumps(fields),
        json.dumps({"log": json.dumps(fields) + "\n", "stream": "stdout"}),
    ):
        read = read_text(JSON, (line + "\n") * 3)
        assert read.summary["exceptions"] == (("java.lang.IllegalStateException", 3),)
        assert read.reading.start_ns == _ns("2026-11-22T12:28:01.103")
        assert read.reading.clock.kind is ClockKind.UTC
        assert JSON.sniff(Input("x", content=(line + "\n").encode() * 3).head) >= 0.5


def test_torn_json_is_counted_and_its_neighbours_are_kept() -> None:
    lines = (SAMPLES / JSON.id / "ecs.json.log").read_text(encoding="utf-8").splitlines()
    read = read_text(JSON, "\n".join([*lines[:3], lines[3][:80], *lines[4:]]))
    assert (read.reading.skipped, read.reading.records) == (1, len(lines) - 1)
    assert read.reading.problems[0].line == 4


def test_a_k6_console_log_is_not_taken_for_an_application_log() -> None:
    line = '{"level":"error","msg":"GoError: x","source":"console","time":"2026-11-22T12:28:01Z"}\n'
    assert JSON.sniff(Input("x", content=(line * 9).encode()).head) == 0.0


def test_shifting_moves_everything() -> None:
    log = read_sample(TEXT, "boot3-connection-leak.log").fact
    later = log.shifted(5, log.source)
    assert later.start_ns - log.start_ns == later.leaks[0].time_ns - log.leaks[0].time_ns == 5
    assert (later.groups[0].times_ns - log.groups[0].times_ns).tolist() == [5] * log.groups[0].count
