"""Scrapes per second, side by side with prometheus-client.

    python benchmarks/scrapes.py [SCRAPE.prom] [COUNT]

Writes COUNT (1000) copies of a real scrape into a temporary file, each with its counters moved on,
reads them with perfreport and a tenth of them with prometheus-client, prints both rates.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from perfreport.sources._input import Input
from perfreport.sources.prometheus_text import read

SAMPLE = Path(__file__).parent.parent / "samples/prometheus-text/spring-boot-overload.prom.gz"


def main(path: Path = SAMPLE, count: int = 1000) -> None:
    with Input(path.name, path).open() as stream:
        scrape = stream.read().decode()
    if not scrape.endswith("\n"):
        scrape += "\n"
    with tempfile.TemporaryDirectory() as folder:
        joined = Path(folder) / "scrapes.prom"
        with joined.open("w", encoding="utf-8") as out:
            for number in range(count):
                at = datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(seconds=number)
                out.write(f"# scrape {at.isoformat()}\n")
                out.write(scrape)
        size = joined.stat().st_size / 1e6
        started = time.perf_counter()
        found = read(Input("scrapes.prom", joined))
        ours = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    theirs_samples = sum(
        len(family.samples)
        for _ in range(max(1, count // 10))
        for family in text_string_to_metric_families(scrape)
    )
    theirs = (time.perf_counter() - started) * count / max(1, count // 10)
    scrapes = dict(found.summary)["scrapes"]
    print(f"{size:.0f} MB, {scrapes} scrapes, {found.records} samples")
    print(
        f"perfreport        {ours:6.2f} s  {found.records / ours:9.0f} samples/s  {memory:.0f} MiB"
    )
    print(
        f"prometheus-client {theirs:6.2f} s  {theirs_samples * 10 / theirs:9.0f} samples/s (scaled)"
    )
    print(f"ratio             {theirs / ours:6.1f}")


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((Path, int), sys.argv[1:], strict=False)))
