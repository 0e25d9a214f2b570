"""A secret that stands anywhere in the input stands nowhere in the output, whatever the format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from perfreport.cli import app

if TYPE_CHECKING:
    from pathlib import Path

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVPmB92K27uhbUJU1p1r"  # gitleaks:allow
STRIPE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
HEX = "9f86d081884c7d659a2feaa0c55ad015"
SHORT = "aB3dE5fG7hI9jK1"
PASSWORD = "hunter2-correct-horse"
QUERY = "q7Zw-promo-2209"
FRAGMENT = "id_tok-77aa88bb"
SETUP = "setup-login-5521-token"
COOKIE = "JSID-0011223344"
CONSOLE = "console-pw-8891"
TAGGED = "run-tag-4471-value"
SECRETS = (JWT, STRIPE, HEX, SHORT, PASSWORD, QUERY, FRAGMENT, SETUP, COOKIE, CONSOLE, TAGGED)

USERINFO_URL = f"https://shop:{PASSWORD}@api.shop.example/orders?promo={QUERY}#{FRAGMENT}"
PATHS = (
    f"https://api.shop.example/reset/{HEX}",
    f"https://api.shop.example/invite/{SHORT}/accept",
    f"https://api.shop.example/session/{JWT}",
    f"https://api.shop.example/pay/{STRIPE}?sig={HEX}",
    f"GET /api/download?token={HEX}&user=7",
    f"GET /api/reset/{HEX}",
)
NAMES = (USERINFO_URL, *PATHS)
FORMATS = ("md", "json", "junit", "console", "gitlab", "github", "comment", "html")


def point(metric: str, second: int, value: float, tags: dict[str, str]) -> str:
    time = f"2026-11-22T12:00:{second % 60:02d}.{second:03d}Z"
    return json.dumps({
        "metric": metric, "type": "Point", "data": {"time": time, "value": value, "tags": tags}
    })  # fmt: skip


def declaration(name: str, kind: str, contains: str, submetrics: list[str]) -> str:
    entries = [
        {
            "name": f"{name}{{name:{tag}}}",
            "suffix": f"name:{tag}",
            "tags": {"name": tag},
        }
        for tag in submetrics
    ]
    return json.dumps({
        "type": "Metric",
        "data": {
            "name": name, "type": kind, "contains": contains,
            "thresholds": [], "submetrics": entries or None,
        },
        "metric": name,
    })  # fmt: skip


def results() -> str:
    """A run of failing and good requests whose tags hold secrets."""
    lines = [
        declaration("http_req_duration", "trend", "time", list(NAMES)),
        declaration("http_reqs", "counter", "default", []),
        declaration("http_req_failed", "rate", "default", []),
        declaration("checks", "rate", "default", []),
        declaration("iterations", "counter", "default", []),
    ]
    for number in range(420):
        name = NAMES[number % len(NAMES)]
        failed = number % 5 == 0
        tags = {
            "name": name, "url": name, "method": "GET", "scenario": "default", "group": "",
            "status": "0" if failed else "200", "expected_response": str(not failed).lower(),
            "access_token": TAGGED,
        }  # fmt: skip
        if failed:
            tags |= {"error": f'Get "{name}": dial: refused', "error_code": "1212"}
        second = number // 7
        lines += [
            point("http_reqs", second, 1, tags),
            point("http_req_duration", second, 10 + number % 50, tags),
            point("http_req_failed", second, float(failed), tags),
            point("checks", second, float(not failed),
                  {"check": f"{name} is 200", "group": "", "scenario": "default"}),
            point("iterations", second, 1, {"scenario": "default", "group": ""}),
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def summary() -> dict[str, object]:
    trend = {"avg": 34.0, "min": 10, "med": 34, "max": 59, "p(90)": 55, "p(95)": 57}
    metrics = {
        f"http_req_duration{{name:{name}}}": {
            "type": "trend", "contains": "time", "values": trend,
            "thresholds": {"p(95)<20": {"ok": False}},
        }
        for name in NAMES
    }  # fmt: skip
    return {
        "root_group": {"name": "", "path": "", "id": "d41d8", "groups": [], "checks": []},
        "options": {"summaryTrendStats": ["avg"], "summaryTimeUnit": "", "noColor": True},
        "state": {"isStdOutTTY": False, "isStdErrTTY": False, "testRunDurationMs": 60000.0},
        "metrics": metrics,
        "setup_data": {"token": SETUP, "nested": [{"cookie": COOKIE}], "plain": JWT},
    }


def console() -> str:
    lines = [
        f'level=warning msg="Request Failed" error="Get \\"{USERINFO_URL}\\": dial: refused"',
        f'level=error msg="Error: login failed password={CONSOLE} at {PATHS[0]}" source=stacktrace',
        f'level=info msg="Authorization: Bearer {JWT}" source=console',
        f'level=error msg="set-cookie: {COOKIE}; key {STRIPE} {PATHS[1]}" source=console',
    ]
    return "".join(f'time="2026-11-22T12:00:{i:02d}Z" {line}\n' for i, line in enumerate(lines))


def plan() -> dict[str, object]:
    return {
        "scenarios": {
            "default": {
                "executor": "constant-vus", "startTime": None, "gracefulStop": None,
                "env": {"TOKEN": TAGGED, "URL": USERINFO_URL}, "exec": None,
                "tags": {"access_token": TAGGED}, "vus": 5, "duration": "1m0s",
            }
        },
        "thresholds": {f"http_req_duration{{name:{name}}}": ["p(95)<20"] for name in NAMES},
        "summaryTrendStats": ["avg"],
        "systemTags": ["url", "name"],
        "tags": {"access_token": TAGGED},
        "rps": None, "totalDuration": "1m0s", "maxVUs": 5,
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("secrets")
    (place / "results.json").write_text(results())
    (place / "summary.json").write_text(json.dumps(summary()))
    (place / "console.log").write_text(console())
    (place / "inspect.json").write_text(json.dumps(plan()))
    return place


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_written_file_holds_a_secret(folder: Path, tmp_path: Path, language: str) -> None:
    wanted = [part for name in FORMATS[:3] for part in ("--format", name)]
    told = CliRunner().invoke(
        app, ["analyze", str(folder), "-o", str(tmp_path), "--lang", language, *wanted]
    )
    assert told.exit_code == 1, told.output
    written = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert {"report.md", "report.json"} <= {path.name for path in written}
    assert leaks(told.output) == []
    for path in written:
        assert leaks(path.read_text(encoding="utf-8")) == [], path.name


def test_every_submetric_is_still_matched(folder: Path, tmp_path: Path) -> None:
    """Hiding comes last: the samples of a secret's submetric are found and graded."""
    CliRunner().invoke(app, ["analyze", str(folder), "-o", str(tmp_path), "--quiet"])
    (test,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["tests"]
    of_names = [grade for grade in test["grades"] if grade["where"]]
    assert len(of_names) == len(NAMES)
    assert {grade["n"] for grade in of_names} == {420 // len(NAMES)}


@pytest.mark.parametrize("form", ["text", "json"])
def test_inspect_shows_no_secret(folder: Path, form: str) -> None:
    told = CliRunner().invoke(app, ["inspect", str(folder), "--format", form])
    assert told.exit_code == 0, told.output
    assert leaks(told.output) == []


@pytest.mark.parametrize("name", ["results.json", "summary.json", "console.log", "inspect.json"])
def test_no_file_alone_gives_a_secret_away(folder: Path, name: str) -> None:
    for form in ("md", "json", "junit"):
        told = CliRunner().invoke(app, ["analyze", str(folder / name), "--stdout", form])
        assert told.exit_code in {0, 1, 3}, told.output
        assert leaks(told.output) == []
