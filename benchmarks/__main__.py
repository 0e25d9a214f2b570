"""Every benchmark of reading server-side dumps, one after the other.

    python -m benchmarks [PERCENT]

PERCENT (100) scales the sizes: 200 MB of slow-query log, 100 MB of GC log, 1000 scrapes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    percent = int(sys.argv[1]) if sys.argv[1:] else 100
    scrape = HERE.parent / "samples/prometheus-text/spring-boot-overload.prom.gz"
    for name, arguments in (
        ("slow_log", [str(2 * percent)]),
        ("gc_log", [str(percent)]),
        ("scrapes", [str(scrape), str(10 * percent)]),
    ):
        print(f"== {name}", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)})


if __name__ == "__main__":
    main()
