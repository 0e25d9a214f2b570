"""A big garbage collection log.

    python benchmarks/gc_log.py [MEGABYTES]

Repeats a unified G1 log of samples/ up to MEGABYTES (100) into a temporary file, each copy later
than the one before, and reads it in a process of its own: wall time without start-up, peak memory.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples/gc-unified"
STAMP = re.compile(rb"\[(\d{4}-\d\d-\d\dT[\d:.]+)([+-]\d{4})\]")
NUMBER = re.compile(rb"GC\((\d+)\)")
PERFREPORT = """
import resource, sys, time
from pathlib import Path
from perfreport.model.source import SourceRef
from perfreport.sources._input import Input
from perfreport.sources.gc_unified import PLUGIN
began, busy = time.perf_counter(), time.process_time()
reading = PLUGIN.read(Input("gc.log", Path(sys.argv[1])))
reading.facts(SourceRef("gc.log", PLUGIN.kind))
spent, busy = time.perf_counter() - began, time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
figures = dict(reading.summary)
print(f"{spent:.2f} s wall, {busy:.2f} s CPU, {peak:.0f} MiB, {reading.records} records,",
      f"{reading.skipped} skipped, {figures['pauses']} pauses, {figures['full_gcs']} full")
"""


def sample() -> bytes:
    """Return the longest sample whose lines carry dates."""
    found = []
    for path in sorted(SAMPLE.iterdir()):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if b"G1" in content and STAMP.match(content):
            found.append(content)
    return max(found, key=len)


def grown(path: Path, size: int) -> int:
    """Write the log; return how many copies of the sample it holds."""
    content = sample()
    collections = max(int(number) for number in NUMBER.findall(content)) + 1
    stamps = STAMP.findall(content)
    first, last = (datetime.fromisoformat(at.decode()) for at, _ in (stamps[0], stamps[-1]))
    step = last - first + timedelta(seconds=1)
    copies = written = 0
    with path.open("wb") as log:
        while written < size:
            later, further = step * copies, collections * copies

            def moved(match: re.Match[bytes], later: timedelta = later) -> bytes:
                at = datetime.fromisoformat(match[1].decode()) + later
                return b"[%s%s]" % (at.isoformat(timespec="milliseconds").encode(), match[2])

            def numbered(match: re.Match[bytes], further: int = further) -> bytes:
                return b"GC(%d)" % (int(match[1]) + further)

            written += log.write(NUMBER.sub(numbered, STAMP.sub(moved, content)))
            copies += 1
    return copies


def main() -> None:
    size = int(sys.argv[1]) if sys.argv[1:] else 100
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "gc.log"
        copies = grown(log, size * 1_000_000)
        done = subprocess.run(
            [sys.executable, "-c", PERFREPORT, str(log)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        print(f"{log.stat().st_size / 1e6:.0f} MB, {copies} copies: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
