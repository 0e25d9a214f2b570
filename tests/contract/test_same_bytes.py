"""The same input gives the same bytes: in any folder, order of arguments and order of hashes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORMATS = ("md", "json", "junit", "github", "github-annotations", "gitlab", "comment")
INPUTS = ("ecommerce/PT-001", "k6-json/order-load-1.1.json.gz", "k6-summary/thresholds-2.2.json")


def written(cwd: Path, output: Path, inputs: tuple[str, ...], seed: str) -> dict[str, bytes]:
    """Analyse in a process of its own and return every file it wrote."""
    command = [sys.executable, "-m", "perfreport", "analyze", *inputs, "-q", "-o", str(output)]
    for name in FORMATS:
        command += ["--format", name]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False)
    assert ran.returncode in {0, 1, 3}, ran.stderr.decode()
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


def test_reports_are_the_same_to_the_byte(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in INPUTS:
        source, target = ROOT / "samples" / name, elsewhere / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    first = written(ROOT / "samples", tmp_path / "first", INPUTS, seed="1")
    second = written(elsewhere, tmp_path / "second", INPUTS[::-1], seed="4242")
    assert len(first) >= len(FORMATS)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert not [name for name, content in first.items() if str(ROOT).encode() in content]
