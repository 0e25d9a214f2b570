"""Fresh dumps of the JDKs on this machine: every collector's log, jstat, jstack, jcmd."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from perfreport.model.jvm import Collector
from perfreport.model.source import ClockKind, SourceRef
from perfreport.model.threads import Activity
from perfreport.sources import (
    gc_unified,
    jstat,
    thread_dump_file,
    thread_dump_json,
    thread_dump_text,
)
from perfreport.sources._input import Input
from perfreport.sources._recognise import recognise

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(shutil.which("javac") is None, reason="needs a JDK"),
]

PROGRAM = """
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;
public class Churn {
    static final Object HOT = new Object();
    static void hold() { synchronized (HOT) { LockSupport.parkNanos(60_000_000_000L); } }
    public static void main(String[] words) throws Exception {
        for (int n = 1; n < 4; n++) {
            Thread worker = new Thread(Churn::hold, "http-nio-8080-exec-" + n);
            worker.setDaemon(true);
            worker.start();
        }
        long until = System.currentTimeMillis() + Long.parseLong(words[0]);
        List<byte[]> live = new ArrayList<>();
        Random random = new Random(1);
        while (System.currentTimeMillis() < until) {
            live.add(new byte[random.nextInt(60000)]);
            if (live.size() > 500) live.subList(0, 250).clear();
            if (random.nextInt(3000) == 0) System.gc();
        }
    }
}
"""
PAUSE = re.compile(r"GC\(\d+\) (?:\w: )?Pause .* (\d+\.\d+)ms$", re.MULTILINE)
COLLECTORS = {
    "-XX:+UseSerialGC": {Collector.SERIAL},
    "-XX:+UseParallelGC": {Collector.PARALLEL},
    "-XX:+UseG1GC": {Collector.G1},
    "-XX:+UseZGC": {Collector.ZGC, Collector.GENERATIONAL_ZGC},
    "-XX:+UseShenandoahGC": {Collector.SHENANDOAH},
}
JDKS = sorted({path.resolve().parents[1] for path in Path("/usr/lib/jvm").glob("*/bin/javac")})
DECORATIONS = ("time,uptime,level,tags", "utctime,pid,tid", "uptime", "timemillis,level,tags")


@pytest.fixture(scope="module", params=JDKS or [None], ids=lambda home: getattr(home, "name", "-"))
def jdk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("jvm")
    (folder / "Churn.java").write_text(PROGRAM, encoding="utf-8")
    compiler = request.param / "bin" / "javac"
    subprocess.run([compiler, "-d", folder, folder / "Churn.java"], check=True)
    return request.param / "bin", folder


def _read(path: Path, expected):
    given = Input(path.name, path)
    chosen = recognise(given.head).source
    assert chosen is expected
    reading = chosen.read(given)
    return reading, reading.facts(SourceRef(path.name, chosen.kind, clock=reading.clock))


@pytest.mark.parametrize("option", COLLECTORS)
def test_fresh_gc_logs(jdk, option: str) -> None:
    tools, folder = jdk
    for number, decorations in enumerate(DECORATIONS):
        path = folder / f"{option[5:]}-{number}.log"
        tags = "gc*" if number % 2 == 0 else "gc"
        logging = f"-Xlog:{tags}:file={path}:{decorations}"
        command = [tools / "java", option, "-Xmx64m", logging, "-cp", folder, "Churn", "300"]
        ran = subprocess.run(command, check=False, capture_output=True, text=True)
        if "Unrecognized" in ran.stderr or "not supported" in ran.stderr:
            pytest.skip(f"{tools.parent.name} has no {option}")
        assert ran.returncode == 0, ran.stderr
        text = path.read_text(encoding="utf-8")
        reading, (log,) = _read(path, gc_unified.PLUGIN)
        milliseconds = [float(found) for found in PAUSE.findall(text)]
        assert reading.skipped == 0
        assert len(log.pauses) == len(milliseconds)
        assert log.pauses.total == pytest.approx(sum(milliseconds) / 1000)
        assert log.vm.collector in COLLECTORS[option]
        kind = ClockKind.RELATIVE if decorations == "uptime" else ClockKind.UTC
        assert reading.clock.kind is kind
        if tags == "gc*":
            assert log.vm.heap_max == 64 << 20


def test_fresh_jstat_and_thread_dumps(jdk) -> None:
    tools, folder = jdk
    command = [tools / "java", "-Xmx64m", "-XX:+UseG1GC", "-cp", folder, "Churn", "20000"]
    with subprocess.Popen(command) as running:
        try:
            time.sleep(1)
            pid = str(running.pid)
            for name, words in {
                "util.txt": ["jstat", "-gcutil", "-t", "-h2", pid, "100", "5"],
                "cause.txt": ["jstat", "-gccause", pid, "100", "3"],
                "stack.txt": ["jstack", "-l", pid],
                "print.txt": ["jcmd", pid, "Thread.print"],
            }.items():
                with (folder / name).open("wb") as stream:
                    subprocess.run([tools / words[0], *words[1:]], stdout=stream, check=True)
            made = [
                subprocess.run(
                    [tools / "jcmd", pid, "Thread.dump_to_file", *form, folder / name],
                    check=False, capture_output=True,
                ).returncode
                for name, form in (("file.txt", []), ("file.json", ["-format=json"]))
            ]  # fmt: skip
        finally:
            running.kill()
    reading, (table, _) = _read(folder / "util.txt", jstat.PLUGIN)
    assert (len(table.lines), reading.skipped) == (5, 0)
    assert table.grown("YGC") >= 0
    _, (causes,) = _read(folder / "cause.txt", jstat.PLUGIN)
    assert causes.collector is Collector.G1
    for name in ("stack.txt", "print.txt"):
        reading, (dump,) = _read(folder / name, thread_dump_text.PLUGIN)
        text = (folder / name).read_text(encoding="utf-8")
        assert reading.skipped == 0
        assert dict(reading.summary)["threads"] == len(re.findall(r'^".*" ', text, re.MULTILINE))
        assert len(dump.http_workers) == 3
        assert len([one for one in dump.http_workers if one.activity is Activity.LOCK_WAIT]) == 2
        (contention,) = [one for one in dump.contentions() if len(one.waiting) == 2]
        assert contention.owner.startswith("http-nio-8080-exec-")
    if made == [0, 0] and (folder / "file.json").exists():
        for name, source in (("file.txt", thread_dump_file), ("file.json", thread_dump_json)):
            reading, (dump,) = _read(folder / name, source.PLUGIN)
            assert reading.skipped == 0
            assert reading.clock.kind is ClockKind.UTC
            assert len(dump.http_workers) == 3
