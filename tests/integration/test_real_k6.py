"""Real load by the real k6 against a server on 127.0.0.1, held against k6's own summary.

Whatever version of k6 is installed: its files must be read, and every figure must be its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytestmark = pytest.mark.k6

SCRIPT = Path(__file__).with_name("k6_script.js")
STATUSES = {"/ok": 200, "/missing": 404, "/broken": 503, "/slow": 200}
SECRETS = ("setup-secret-token", "query-secret-token")


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/slow":
            time.sleep(0.02)
        body = b"x" * 100
        self.send_response(STATUSES.get(path, 500))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def k6_binary():
    beside = Path(sys.executable).with_name("k6")
    return str(beside) if beside.exists() else shutil.which("k6")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One real run: NDJSON, CSV, both summaries, the plan and the console log."""
    path = tmp_path_factory.mktemp("k6")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=server.serve_forever, daemon=True).start()
    environment = os.environ | {
        "BASE_URL": f"http://127.0.0.1:{server.server_port}",
        "SUMMARY": "summary.json",
        "K6_NO_USAGE_REPORT": "true",
    }
    k6 = k6_binary()
    assert k6, "the development dependencies install k6"
    with (path / "console.log").open("wb") as console:
        run = subprocess.run(
            [
                k6,
                "run",
                "--address=",
                "--out",
                "json=results.json",
                "--out",
                "csv=results.csv",
                "--summary-export",
                "export.json",
                str(SCRIPT),
            ],
            cwd=path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=console,
            timeout=60,
            check=False,
        )
    (path / "exit_code").write_text(f"{run.returncode}\n", encoding="utf-8")
    plan = subprocess.run(
        [k6, "inspect", "--execution-requirements", str(SCRIPT)],
        cwd=path,
        env=environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    (path / "inspect.json").write_bytes(plan.stdout)
    server.shutdown()
    server.server_close()
    return path


def analyse(*paths, cwd, formats="json"):
    done = subprocess.run(
        [sys.executable, "-m", "perfreport", "analyze", *paths, "--stdout", formats, "--quiet"],
        cwd=cwd,
        capture_output=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode()


def test_every_statistic_equals_k6s_own(folder):
    _, text = analyse(".", cwd=folder)
    (test,) = json.loads(text)["tests"]
    ours = {(m["metric"], tuple(sorted(m["where"].items())), m["stat"]): m for m in test["metrics"]}
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    compared = 0
    for name, metric in summary["metrics"].items():
        base, _, rest = name.partition("{")
        where = tuple(
            sorted(
                (key.strip(), value.strip())
                for key, _, value in (tag.partition(":") for tag in rest.rstrip("}").split(","))
                if key
            )
        )
        scale = 1e-3 if metric["contains"] == "time" else 1.0
        for stat, value in metric["values"].items():
            expected = value * scale if stat != "count" or metric["type"] == "counter" else value
            assert ours[base, where, stat]["value"] == pytest.approx(expected, rel=1e-9), (
                name,
                stat,
            )
            compared += 1
    assert compared > 100


def test_csv_alone_gives_the_same_percentiles(folder):
    _, text = analyse("results.csv", cwd=folder)
    (test,) = json.loads(text)["tests"]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["metrics"]
    p95 = next(
        m["value"]
        for m in test["metrics"]
        if (m["metric"], m["stat"], m["where"]) == ("http_req_duration", "p(95)", {})
    )
    expected = summary["http_req_duration"]["values"]["p(95)"] / 1000
    assert p95 == pytest.approx(expected, rel=1e-6)  # k6 writes six decimals of a millisecond


def test_every_threshold_has_k6s_verdict(folder):
    _, text = analyse(".", cwd=folder)
    (test,) = json.loads(text)["tests"]
    script = [grade for grade in test["grades"] if grade["origin"] == "script"]
    assert len(script) == 9
    for grade in script:
        assert grade["script_verdict"] is not None, grade["objective"]
        assert (grade["verdict"] == "FAIL") == (not grade["script_verdict"]), grade["objective"]


def test_gate_fails_like_k6(folder):
    code, _ = analyse(".", cwd=folder)
    assert (folder / "exit_code").read_text(encoding="utf-8").strip() == "99"
    assert code == 1


@pytest.mark.parametrize("written", ["md", "json", "junit"])
def test_no_secret_reaches_a_report(folder, written):
    _, text = analyse(".", cwd=folder, formats=written)
    for secret in SECRETS:
        assert secret not in text
