"""A big slow-query log, side by side with pt-query-digest.

    python benchmarks/slow_log.py [MEGABYTES] [--unique]

Repeats the MariaDB logs of samples/ up to MEGABYTES (200) into a temporary file; with --unique
every number in a statement is another one each time, so that no statement comes twice. Each tool
runs in a process of its own; time is wall and CPU time with start-up, memory the peak resident set.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "samples" / "slow-log-mariadb"
SAMPLES = [
    FOLDER / f"{name}.log"
    for name in ("default", "verbosity-full", "threshold-50ms", "missing-index")
]
NUMBER = re.compile(rb"(?<=[ =(,])\d+(?=[,;) ])")
STATEMENT = re.compile(rb"^(?![#\s]|SET timestamp|use |mariadbd|Tcp|Time)[^\n]*$", re.MULTILINE)
PERFREPORT = """
import sys
from pathlib import Path
from perfreport.sources._input import Input
from perfreport.sources.slow_log_mariadb import PLUGIN
from perfreport.model.source import SourceRef
reading = PLUGIN.read(Input("slow.log", Path(sys.argv[1])))
reading.facts(SourceRef("slow.log", PLUGIN.kind))
print(dict(reading.summary))
"""


def grown(path: Path, size: int, *, unique: bool) -> None:
    """Write the log; the seed is fixed so that every run measures the same bytes."""
    source = b"".join(sample.read_bytes() for sample in SAMPLES)
    dice = random.Random(1)

    def other(match: re.Match[bytes]) -> bytes:
        return NUMBER.sub(lambda _: b"%d" % dice.randrange(10**9), match[0])

    written = 0
    with path.open("wb") as log:
        while written < size:
            written += log.write(STATEMENT.sub(other, source) if unique else source)


def measured(command: list[str]) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds, peak MB and output of a command."""
    timed = ["/usr/bin/time", "-f", "%U %S %M", *command] if shutil.which("time") else command
    began = time.perf_counter()
    done = subprocess.run(timed, capture_output=True, text=True, check=True, cwd=ROOT)
    wall = time.perf_counter() - began
    user, system, peak = (done.stderr.split() or ["0", "0", "0"])[-3:]
    return wall, float(user) + float(system), float(peak) / 1024, done.stdout


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    size = (sizes or [200])[0] * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "slow.log"
        grown(log, size, unique="--unique" in sys.argv)
        wall, cpu, peak, out = measured([sys.executable, "-c", PERFREPORT, str(log)])
        print(f"perfreport       {wall:6.1f} s wall {cpu:6.1f} s CPU {peak:6.0f} MB  {out.strip()}")
        if shutil.which("pt-query-digest"):
            oracle = ["pt-query-digest", "--no-version-check", "--limit", "5", str(log)]
            other_wall, other_cpu, other_peak, out = measured(oracle)
            overall = next(line for line in out.splitlines() if "Overall" in line)
            print(
                f"pt-query-digest  {other_wall:6.1f} s wall {other_cpu:6.1f} s CPU"
                f" {other_peak:6.0f} MB  {overall.strip('# _')}"
            )
            print(f"ratio            {other_wall / wall:6.1f}   wall {other_cpu / cpu:6.1f}   CPU")


if __name__ == "__main__":
    main()
