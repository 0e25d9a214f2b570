"""Fresh Redis, Prometheus and InfluxDB: dumps made with their own tools, read back by value."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

import pytest

from perfreport import pipeline
from perfreport.measure.redis import redis_window
from perfreport.model.redis import RedisInfo, RedisSlowLog
from perfreport.model.signal import Signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from perfreport.model.source import Fact

pytestmark = pytest.mark.servers
HITS, MISSES = 30, 12
PATIENCE = 30.0  # seconds until a server answers


def needs(*tools: str) -> pytest.MarkDecorator:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: list[str], answers: Callable[[], bool]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers():
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fetched(url: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(url, body, timeout=10) as answer:
        content: bytes = answer.read()
        return content


def answers(url: str) -> bool:
    try:
        fetched(url)
    except OSError:
        return False
    return True


def facts_of(folder: Path) -> tuple[Fact, ...]:
    with pipeline.read([str(folder)]) as intake:
        assert [ref.kind for ref in intake.sources if ref.kind == "unknown"] == []
        return tuple(fact for run in intake.runs for fact in run.facts)


@needs("redis-server", "redis-cli")
def test_redis_counts_between_two_infos(tmp_path: Path) -> None:
    port = free_port()

    def cli(*words: str) -> str:
        command = ["redis-cli", "-p", str(port), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    server = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    with running(server, lambda: "PONG" in cli("PING")):
        cli("SET", "cache:product:1", "x")
        cli("GET", "cache:product:1")
        (dumps / "info-before.txt").write_text(cli("INFO"))
        cli("CONFIG", "SET", "slowlog-log-slower-than", "0")
        for _ in range(HITS):
            cli("GET", "cache:product:1")
        for number in range(MISSES):
            cli("GET", f"cache:product:none-{number}")
        (dumps / "slowlog.txt").write_text(cli("SLOWLOG", "GET", "128"))
        (dumps / "info-after.txt").write_text(cli("INFO"))
    with pipeline.read([str(dumps)]) as intake:
        (run,) = intake.runs
        assert len(run.of(RedisInfo)) == 2
        window = redis_window(run)
        assert window is not None
        assert window.in_between("redis.keyspace.hits") == HITS
        assert window.in_between("redis.keyspace.misses") == MISSES
        assert window.since_start("redis.keyspace.hits") == HITS + 1
        (log,) = run.of(RedisSlowLog)
        assert sum(entry.command.lower() == "get" for entry in log.entries) >= HITS + MISSES
        patterns = {entry.key_pattern for entry in log.entries if entry.command.lower() == "get"}
        assert len(patterns) <= 2, patterns  # keys that differ by a number are one pattern


@needs("prometheus")
def test_prometheus_tells_the_same_by_api_and_by_scrape(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = tmp_path / "prometheus.yml"
    settings.write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n"
        f"  - {{job_name: own, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n"
    )
    server = [
        "prometheus", f"--config.file={settings}", f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    dumps = tmp_path / "dumps"
    dumps.mkdir()

    def collected() -> bool:
        query = urllib.parse.quote("count_over_time(process_resident_memory_bytes[1m]) > 3")
        found = f"{address}/api/v1/query?query={query}"
        return answers(f"{address}/-/ready") and b'"value"' in fetched(found)

    with running(server, collected):
        now = time.time()
        query = urllib.parse.urlencode({
            "query": "process_resident_memory_bytes", "start": now - 20, "end": now, "step": 1,
        })  # fmt: skip
        (dumps / "range.json").write_bytes(fetched(f"{address}/api/v1/query_range?{query}"))
        (dumps / "scrape.prom").write_bytes(fetched(f"{address}/metrics"))
    series = [one for fact in facts_of(dumps) if isinstance(fact, Signals) for one in fact.series]
    resident = [one for one in series if one.signal == "process.memory.resident"]
    assert len(resident) == 2
    ranged = max(resident, key=lambda one: len(one.times_ns))
    assert len(ranged.times_ns) >= 3
    assert abs(ranged.times_ns[-1] / 1e9 - now) < 5
    low, high = sorted(float(one.values[-1]) for one in resident)
    assert high < 3 * low  # one process, seconds apart


@needs("influxd")
def test_influxdb_gives_back_what_was_written(tmp_path: Path) -> None:
    port, backup = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    settings = tmp_path / "influxdb.conf"
    settings.write_text(
        f'bind-address = "127.0.0.1:{backup}"\nreporting-disabled = true\n'
        f'[meta]\ndir = "{tmp_path / "meta"}"\n'
        f'[data]\ndir = "{tmp_path / "data"}"\nwal-dir = "{tmp_path / "wal"}"\n'
        f'[http]\nbind-address = "127.0.0.1:{port}"\n'
    )
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    began = 1_795_300_000
    written = [3.0, 8.0, 20.0, 17.0]
    with running(["influxd", "-config", str(settings)], lambda: answers(f"{address}/ping")):
        fetched(f"{address}/query", b"q=CREATE+DATABASE+perf")
        lines = "\n".join(
            f"hikaricp_connections_active,pool=main value={value} {(began + at) * 10**9}"
            for at, value in enumerate(written)
        )
        fetched(f"{address}/write?db=perf", lines.encode())
        query = urllib.parse.urlencode({
            "db": "perf", "q": "SELECT * FROM hikaricp_connections_active", "epoch": "ms",
        })  # fmt: skip
        (dumps / "active.json").write_bytes(fetched(f"{address}/query?{query}"))
    series = [one for fact in facts_of(dumps) if isinstance(fact, Signals) for one in fact.series]
    (active,) = [one for one in series if one.signal == "hikaricp.connections.active"]
    assert active.values.tolist() == written
    assert [time_ns // 10**9 for time_ns in active.times_ns.tolist()] == [
        began + at for at in range(len(written))
    ]
    assert active.label("pool") == "main"
