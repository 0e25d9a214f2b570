"""The application takes the processors."""

from __future__ import annotations

from perfreport.model.source import SourceRef
from perfreport.model.threads import Activity, Thread, ThreadDump
from tests.rules.served import Stage, findings, missing, served

RULE = "cpu-saturated"


def test_fires_when_the_application_takes_a_full_host() -> None:
    assert findings(RULE, served(Stage(host=0.6, application=0.5), Stage(host=1, application=0.9)))


def test_silent_when_another_process_takes_it() -> None:
    assert findings(RULE, served(Stage(host=0.99, application=0.15))) == ()


def test_silent_just_below_full() -> None:
    assert findings(RULE, served(Stage(host=0.88, application=0.8))) == ()


def test_silent_when_the_collector_is_what_runs() -> None:
    assert findings(RULE, served(Stage(host=1, application=0.9, collecting=0.3))) == ()


def test_not_evaluated_without_cpu_signals() -> None:
    assert missing(RULE, served(Stage())) == ("need.cpu-signals",)


def dump(*frames: str) -> ThreadDump:
    threads = tuple(
        Thread(f"exec-{place}", "RUNNABLE", Activity.RUNNING, (frame,), frame, place)
        for place, frame in enumerate(frames, start=1)
    )
    return ThreadDump(SourceRef("jstack.txt", "thread-dump"), None, None, threads)


HASH = "com.shop.Prices.hash(Prices.java:48)"
BUSY = (Stage(host=0.6, application=0.5), Stage(host=1, application=0.9))


def test_fires_with_the_method_most_running_threads_are_in() -> None:
    seen = dump(HASH, HASH.replace("48", "49"), HASH, "com.shop.Orders.place(Orders.java:7)")
    (found,) = findings(RULE, served(*BUSY, facts=(seen,)))
    assert found.subject == "com.shop.Prices.hash"
    assert dict(found.whys[-1].params) == {
        "method": "com.shop.Prices.hash", "threads": 3, "running": 4,
    }  # fmt: skip


def test_silent_about_code_that_few_threads_are_in() -> None:
    seen = dump(HASH, HASH, "com.shop.Orders.place(Orders.java:7)")
    (found,) = findings(RULE, served(*BUSY, facts=(seen,)))
    assert found.subject is None
    assert len(found.whys) == 1
