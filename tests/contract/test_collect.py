"""The collecting script beside the samples: what it writes is read, each file for what it is."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from perfreport import pipeline

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
# Each stands in for the real command and prints what that really printed once.
_SCRAPE = SAMPLES / "prometheus-text" / "spring-boot-overload.prom.gz"
_COMMANDS = {
    "curl": 'gzip -dc "$SCRAPE"',
    "mysql": (
        'case "$*" in *digest*) cat "$SAMPLES/statement-digest/ps_digest.tsv";;'
        ' *STATUS*) cat "$SAMPLES/global-status/global_status.tsv";;'
        ' *lock_waits*) cat "$SAMPLES/lock-waits-sys/sys.innodb_lock_waits.tsv";; esac'
    ),
    "redis-cli": 'cat "$SAMPLES/redis-info/redis-7.0-info-all.txt"',
    "vmstat": 'cat "$SAMPLES/vmstat/procps-t-utc.txt"; exec sleep 60',
    "pidstat": 'cat "$SAMPLES/sysstat/pidstat-12.txt"; exec sleep 60',
    "kafka-consumer-groups.sh": 'cat "$SAMPLES/kafka-consumer-groups/kafka-4.x-verbose.txt"',
}
KINDS = {
    "consumer-groups.txt": "kafka-consumer-groups",
    "global-status.tsv": "global-status",
    "lock-waits.tsv": "lock-waits",
    "pidstat.txt": "host-stats",
    "redis-info-after.txt": "redis-info",
    "redis-info-before.txt": "redis-info",
    "scrapes.prom": "metric-series",
    "statement-digest-after.tsv": "statement-digest",
    "statement-digest-before.tsv": "statement-digest",
    "vmstat.txt": "host-stats",
}


def test_what_the_script_writes_is_recognised(tmp_path: Path) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, body in _COMMANDS.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n")
        (commands / name).chmod(0o755)
    out = tmp_path / "dumps"
    script = subprocess.Popen(
        [SAMPLES / "collect.sh", out],
        env={
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "SAMPLES": str(SAMPLES),
            "SCRAPE": str(_SCRAPE),
        },
    )
    until = time.monotonic() + 20
    while _scrapes(out) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    script.send_signal(signal.SIGTERM)
    assert script.wait(timeout=20) == 0
    with pipeline.read([str(out)]) as intake:
        found = {Path(one.path).name: one.kind for one in intake.sources}
    assert found == KINDS
    assert (out / "lock-waits.tsv").read_text().startswith("# sample 2")


def _scrapes(out: Path) -> int:
    written = out / "scrapes.prom"
    return written.read_text().count("# scrape") if written.exists() else 0
