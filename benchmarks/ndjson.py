"""perfreport beside other tools on a big k6 NDJSON file, side by side on this machine.

    python benchmarks/ndjson.py --gigabytes 1
    python benchmarks/ndjson.py --gigabytes 5 --slow-megabytes 0

The input repeats a real run of samples/ with its times moved on, so that it grows without end.
Every tool runs in a process of its own; time is wall time with start-up, memory the peak resident
set of its biggest process. jq and pandas are slow: they get the first --slow-megabytes only, so
compare their MB/s. The bare DuckDB aggregate is the yardstick: perfreport should need at most
twice its time.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = ROOT / "samples" / "k6-runs" / "order-load" / "results.json.gz"
TIME = re.compile(rb'(?<="time":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d')
MB = 1_000_000

AGGREGATE = """
import duckdb, sys
duckdb.sql("select metric, count(*), avg(data.value) from read_json('" + sys.argv[1]
    + "', format='newline_delimited', ignore_errors=true) group by metric").fetchall()
"""
PANDAS = "import pandas, sys; pandas.read_json(sys.argv[1], lines=True)"
JQ = 'select(.type == "Point" and .metric == "http_req_duration") | .data.value'


@dataclass(frozen=True)
class Timed:
    name: str
    size: int
    seconds: float
    peak_bytes: int


def make(path: Path, size: int) -> None:
    """Repeat the run's samples, each time later by the length of the run."""
    text = gzip.decompress(RUN.read_bytes())
    points = b"".join(line for line in text.splitlines(True) if b'"type":"Point"' in line)
    stamps = sorted(set(TIME.findall(text)))
    first, last = (datetime.fromisoformat(stamp.decode()) for stamp in (stamps[0], stamps[-1]))
    step = last - first + timedelta(seconds=1)
    with path.open("wb") as stream:
        written = stream.write(text)
        repeated = 0
        while written < size:
            repeated += 1
            moved = {stamp: later(stamp, repeated * step) for stamp in stamps}
            written += stream.write(TIME.sub(lambda found, moved=moved: moved[found[0]], points))


def later(stamp: bytes, by: timedelta) -> bytes:
    return (datetime.fromisoformat(stamp.decode()) + by).isoformat().encode()


def timed(name: str, path: Path, command: list[str]) -> Timed:
    start = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(child.pid, 0)
    return Timed(name, path.stat().st_size, time.perf_counter() - start, usage.ru_maxrss * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument(
        "--slow-megabytes", type=int, default=200, help="0 leaves jq and pandas out"
    )
    parser.add_argument("--folder", type=Path, default=None, help="where the inputs are made")
    parser.add_argument("--repeat", type=int, default=3, help="runs of the fast tools; best counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        big, packed, small = folder / "big.json", folder / "big.json.gz", folder / "small.json"
        make(big, int(options.gigabytes * 1000 * MB))
        with big.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        report = [sys.executable, "-m", "perfreport", "analyze", "-o", str(folder / "report")]
        fast: dict[str, list[Timed]] = {}
        for _ in range(options.repeat):  # in turn, so that all meet the same weather
            for tool, path, command in (
                ("DuckDB aggregate", big, [sys.executable, "-c", AGGREGATE, str(big)]),
                ("perfreport analyze", big, [*report, str(big)]),
                ("perfreport analyze, gzip", packed, [*report, str(packed)]),
            ):
                fast.setdefault(tool, []).append(timed(tool, path, command))
        rows = [min(runs, key=lambda run: run.seconds) for runs in fast.values()]
        if options.slow_megabytes:
            make(small, options.slow_megabytes * MB)
            rows.append(timed("perfreport analyze", small, [*report, str(small)]))
            rows.append(
                timed("pandas.read_json", small, [sys.executable, "-c", PANDAS, str(small)])
            )
            if shutil.which("jq"):
                rows.append(timed("jq, one metric", small, ["jq", JQ, str(small)]))
        show(rows, uncompressed={packed.stat().st_size: big.stat().st_size})


def show(rows: list[Timed], uncompressed: dict[int, int]) -> None:
    yardstick = rows[0].seconds
    print(f"{'tool':<26}{'input MB':>10}{'seconds':>10}{'MB/s':>8}{'peak MiB':>10}{'x DuckDB':>10}")
    for row in rows:
        size = uncompressed.get(row.size, row.size)
        times = f"{row.seconds / yardstick:.2f}" if size == rows[0].size else ""
        print(
            f"{row.name:<26}{size / MB:>10.0f}{row.seconds:>10.2f}{size / MB / row.seconds:>8.0f}"
            f"{row.peak_bytes / (1 << 20):>10.0f}{times:>10}"
        )


if __name__ == "__main__":
    main()
