"""Thread dumps: every thread, its wait, and who holds what, in all forms the JDK prints."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime

import pytest

from perfreport.model.source import ClockKind
from perfreport.model.threads import Activity
from perfreport.sources import thread_dump_file, thread_dump_json, thread_dump_text
from perfreport.sources._input import Input
from tests.unit.sources.jvm_files import SAMPLES, read_input, read_sample, read_text, samples_of

TEXT, JSON, FILE = thread_dump_text.PLUGIN, thread_dump_json.PLUGIN, thread_dump_file.PLUGIN
SOURCES = (TEXT, JSON, FILE)
PATHS = [path for source in SOURCES for path in samples_of(source)]


def _text(source, name: str) -> str:
    raw = (SAMPLES / source.id / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name)
def test_recognised_by_one_source_and_read_without_loss(path) -> None:
    head = Input(path.name, path).head
    scores = {source.id: source.sniff(head) for source in SOURCES}
    assert scores.pop(path.parent.name) >= 0.9
    assert set(scores.values()) == {0.0}
    source = next(one for one in SOURCES if one.id == path.parent.name)
    reading = read_sample(source, path.name).reading
    assert (reading.skipped, reading.foreign) == (0, ())


@pytest.mark.parametrize("path", samples_of(TEXT), ids=lambda p: p.name)
def test_counts_equal_what_grep_counts(path) -> None:
    text = _text(TEXT, path.name)
    read = read_sample(TEXT, path.name)
    headers = re.findall(r'^".*" (?:#|os_prio|prio)', text, re.MULTILINE)
    assert read.summary["threads"] == len(headers)
    assert read.summary["waiting_for_pool"] == text.count("ConcurrentBag.borrow(")
    assert read.summary["deadlocks"] == text.count("Found one Java-level deadlock")
    states = re.findall(r"java\.lang\.Thread\.State: (\w+)", text)
    assert dict(read.fact.states()) == {state: states.count(state) for state in set(states)}


def test_json_counts() -> None:
    threads = json.loads(_text(JSON, "actuator.json.gz"))["threads"]
    read = read_sample(JSON, "actuator.json.gz")
    assert read.summary["threads"] == len(threads)
    waiting = [t for t in threads if "ConcurrentBag" in json.dumps(t["stackTrace"])]
    assert read.summary["waiting_for_pool"] == len(waiting)
    assert read.reading.clock.reason.key == "clock.modified-time"


def test_a_deadlock_is_named_once_and_its_listing_is_no_thread() -> None:
    dump = read_sample(TEXT, "jstack-deadlock.txt.gz").fact
    assert dump.deadlocks == (("order-worker-1", "order-worker-2"),)
    assert sum(thread.name == "order-worker-1" for thread in dump.threads) == 1


def test_threads_waiting_for_a_connection_know_the_code_they_wait_in() -> None:
    dump = read_sample(TEXT, "jstack-l-pool-exhausted.txt.gz").fact
    waiting = dump.doing(Activity.POOL_WAIT)
    assert {thread.state for thread in waiting} == {"TIMED_WAITING"}
    assert all(thread.own.startswith("com.example.shop.OrderController.") for thread in waiting)
    assert all(thread.http_worker for thread in waiting)
    text = _text(TEXT, "jstack-l-pool-exhausted.txt.gz").splitlines()
    for thread in waiting:
        assert text[thread.line - 1].startswith(f'"{thread.name}"')


def test_a_web_server_at_its_limit_shows_no_idle_worker() -> None:
    dump = read_sample(TEXT, "shop-tomcat-busy.txt.gz").fact
    assert len(dump.http_workers) == 8
    assert len(dump.busy_http_workers) == 8
    assert {thread.activity for thread in dump.busy_http_workers} <= {
        Activity.DOWNSTREAM,
        Activity.DATABASE,
        Activity.CACHE,
        Activity.RUNNING,
    }


def test_idle_workers_are_idle() -> None:
    dump = read_sample(TEXT, "jstack-deadlock.txt.gz").fact
    assert len(dump.http_workers) == 20
    assert dump.busy_http_workers == ()


def test_contention_finds_the_owner() -> None:
    dump = read_sample(TEXT, "jstack-deadlock.txt.gz").fact
    owners = {one.owner: one.waiting for one in dump.contentions()}
    assert owners["order-worker-2"] == ("order-worker-1",)
    assert owners["order-worker-1"] == ("order-worker-2",)


@pytest.mark.parametrize(
    ("source", "name"), [(FILE, "jdk25-virtual.txt"), (JSON, "jdk25-dump-to-file.json")]
)
def test_virtual_threads(source, name: str) -> None:
    dump = read_sample(source, name).fact
    text = _text(source, name)
    virtual = [thread for thread in dump.threads if thread.virtual]
    written = re.findall(r'^#\d+ ".*" virtual|"virtual": ', text, re.MULTILINE)
    assert len(virtual) == len(written) > 0
    assert dump.source.clock.kind is ClockKind.UTC
    blocked = [thread for thread in dump.threads if thread.state == "BLOCKED"]
    assert all(thread.activity is Activity.LOCK_WAIT for thread in blocked)


def test_frames_are_without_modules() -> None:
    for source, name in ((FILE, "jdk25-virtual.txt"), (TEXT, "jdk25-thread-print.txt")):
        main = next(t for t in read_sample(source, name).fact.threads if t.name == "main")
        assert main.frames[0] == "java.lang.Thread.sleepNanos0(Native Method)"
        assert main.own == "VT.main(VT.java:5)"
        assert main.activity is Activity.SLEEPING


def test_times_are_local_unless_a_date_before_says_more() -> None:
    text = _text(TEXT, "jdk25-thread-print.txt")
    local = read_text(TEXT, text).reading
    moment = int(datetime(2026, 11, 22, 12, 33, 26, tzinfo=UTC).timestamp()) * 10**9
    assert (local.clock.kind, local.start_ns) == (ClockKind.UNKNOWN, moment)
    assert local.clock.reason.key == "clock.jvm-local-time"
    dated = "2026-11-22T21:33:25+09:00\n" + text.partition("\n")[2]
    zoned = read_text(TEXT, dated).reading
    assert (zoned.clock.kind, zoned.start_ns) == (ClockKind.UTC, moment - 10**9)


def test_several_dumps_in_one_file() -> None:
    text = _text(TEXT, "jdk25-thread-print.txt")
    read = read_text(TEXT, text + "\n" + text.replace("12:33:26", "12:33:36"))
    first, second = read.facts
    assert read.summary["dumps"] == 2
    assert second.time_ns - first.time_ns == 10 * 10**9
    assert len(first.threads) == len(second.threads) == read.summary["threads"]
    assert second.first_line > first.last_line - 5


def test_log_records_around_a_dump_are_handed_on_with_their_stack_traces() -> None:
    record = (
        "2026-11-22T12:28:01.103Z ERROR 7 --- [nio-8080-exec-1] c.s.Orders : failed\n"
        "\n"
        "java.lang.IllegalStateException: no\n"
        "\tat com.shop.Orders.place(Orders.java:18)\n"
    )
    read = read_text(TEXT, record + _text(TEXT, "jdk25-thread-print.txt"))
    (segment,) = read.reading.foreign
    assert segment.text == record
    assert read.summary["threads"] == 25


def test_utf16_as_powershell_writes_it() -> None:
    text = _text(TEXT, "jdk25-thread-print.txt")
    content = text.replace("\n", "\r\n").encode("utf-16")
    given = Input("dump.txt", content=content)
    assert TEXT.sniff(given.head) >= 0.9
    assert read_input(TEXT, given).summary == read_text(TEXT, text).summary


def test_the_text_form_of_the_actuator() -> None:
    read = read_text(
        TEXT,
        '"http-nio-8080-exec-1" - Thread t@31\n'
        "   java.lang.Thread.State: TIMED_WAITING\n"
        "\tat java.base@17/jdk.internal.misc.Unsafe.park(Native Method)\n"
        "\t- parking to wait for <1a2b> (a java.util.concurrent.SynchronousQueue$TransferStack)\n"
        "\tat com.zaxxer.hikari.util.ConcurrentBag.borrow(ConcurrentBag.java:152)\n"
        "\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:162)\n"
        "\tat com.shop.Orders.place(Orders.java:18)\n\n"
        "   Locked ownable synchronizers:\n\t- None\n\n",
    )
    assert read.summary["threads"] == 1
    assert read.summary["waiting_for_pool"] == 1
    assert read.fact.threads[0].own == "com.shop.Orders.place(Orders.java:18)"


@pytest.mark.parametrize(
    ("state", "frames", "activity"),
    [
        ("RUNNABLE", ["sun.nio.ch.NioSocketImpl.read", "org.mariadb.jdbc.client.x"], "database"),
        ("RUNNABLE", ["java.net.SocketInputStream.read", "com.mysql.cj.protocol.x"], "database"),
        ("WAITING", ["jdk.internal.misc.Unsafe.park", "io.lettuce.core.x"], "cache"),
        ("WAITING", ["jdk.internal.misc.Unsafe.park",
                     "org.apache.kafka.clients.producer.internals.x"], "messaging"),
        ("TIMED_WAITING", ["jdk.internal.misc.Unsafe.park", "java.net.http.x"], "downstream"),
        ("BLOCKED", ["com.shop.Orders.sync"], "lock-wait"),
        ("WAITING", ["jdk.internal.misc.Unsafe.park",
                     "java.util.concurrent.LinkedBlockingQueue.take",
                     "org.apache.tomcat.util.threads.TaskQueue.take"], "idle"),
        ("RUNNABLE", ["com.shop.Hash.round"], "running"),
        ("TIMED_WAITING", ["java.lang.Thread.sleep", "com.shop.Orders.pause"], "sleeping"),
        ("RUNNABLE", ["sun.nio.ch.EPoll.wait"], "idle"),
    ],
)  # fmt: skip
def test_activities(state: str, frames: list[str], activity: str) -> None:
    lines = "".join(f"\tat {frame}(X.java:1)\n" for frame in frames)
    text = f'"t" #1 prio=5\n   java.lang.Thread.State: {state}\n{lines}\n'
    assert read_text(TEXT, text).fact.threads[0].activity == activity


def test_torn_json_is_counted() -> None:
    text = _text(JSON, "jdk25-dump-to-file.json")
    assert read_text(JSON, text[:-200]).reading.skipped == 1
