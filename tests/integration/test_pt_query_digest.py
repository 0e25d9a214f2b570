"""The recorded expectations are what pt-query-digest says today."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.sources.sql_files import SAMPLES

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(shutil.which("pt-query-digest") is None, reason="no pt-query-digest"),
]
RECORDED = json.loads(
    (Path(__file__).parents[1] / "unit/sources/pt_query_digest.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", sorted(RECORDED))
def test_recorded_expectations_hold(path: str, tmp_path: Path) -> None:
    raw = (SAMPLES / path).read_bytes()
    log = tmp_path / "slow.log"
    log.write_bytes(gzip.decompress(raw) if path.endswith(".gz") else raw)
    out = subprocess.run(
        ["pt-query-digest", "--no-version-check", "--limit", "100%", "--outliers", "",
         "--output", "json", str(log)],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    told = json.JSONDecoder().raw_decode(out[out.index("{") :])[0]
    recorded = RECORDED[path]
    assert told["global"]["query_count"] == recorded["queries"]
    assert told["global"]["unique_query_count"] == recorded["unique"]
    assert sorted(
        (one["query_count"], one["fingerprint"], one["metrics"]["Query_time"]["sum"])
        for one in told["classes"]
    ) == sorted(
        (one["queries"], one["fingerprint"], one["query_time_total"]) for one in recorded["classes"]
    )
