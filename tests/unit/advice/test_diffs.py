"""A diff is taken by git, changes only what was meant, and never quotes a secret."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.grade import FailOn
from perfreport.render import find_formats
from perfreport.render.i18n import Catalogue
from perfreport.report import build
from perfreport.report.plain import without_secrets
from tests.advised import MIB, advised, apply, cause, gc_log, read, settings
from tests.story import intake, stress_test

if TYPE_CHECKING:
    from pathlib import Path

YAML = """\
# the shop
spring:
  datasource:
    hikari:
      username: app
      maximum-pool-size: 20  # measured in May
      minimum-idle: 5
      connection-timeout: 3000
server:
  port: 8080
"""
COMPOSE = """\
services:
  app:
    image: shop:1
    environment:
      JAVA_OPTS: "-Xms512m -Xmx1g -XX:+UseG1GC"
    deploy:
      resources:
        limits: {memory: 2G}
  mysql:
    image: mysql:8
    command: --max-connections=300
"""
FORMS = {
    "block": YAML,
    "windows line ends": YAML.replace("\n", "\r\n"),
    "no line feed at the end": YAML.split("server:", maxsplit=1)[0].rstrip("\n"),
    "camel case": YAML.replace("maximum-pool-size", "maximumPoolSize"),
    "quoted": YAML.replace("size: 20", 'size: "20"'),
    "placeholder": YAML.replace("size: 20", "size: ${POOL:20}"),
    "flow": "spring:\n  datasource:\n    hikari: {maximum-pool-size: 20, minimum-idle: 5}\n",
    "dotted": "spring.datasource.hikari.maximum-pool-size: 20\nserver.port: 80\n",
    "documents": f"spring:\n  application:\n    name: shop\n---\n{YAML}",
    "tabs in a comment": YAML.replace("# measured", "#\tmeasured"),
    "korean": YAML.replace("measured in May", "5\uc6d4 \uce21\uc815"),
    "alone": "spring.datasource.hikari.maximum-pool-size: 20",
    "first line": "spring.datasource.hikari.maximum-pool-size: 20\na: b\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_git_takes_the_diff_and_only_the_size_changes(form: str, tmp_path: Path) -> None:
    advice = advised(tmp_path, {"application.yml": FORMS[form]}, cause("pool-undersized"))
    (patch,) = advice.patches
    apply(tmp_path, patch.diff, "--check")
    before = (tmp_path / "application.yml").read_bytes()
    apply(tmp_path, patch.diff)
    after = (tmp_path / "application.yml").read_bytes()
    assert after == before.replace(b"20", b"55", 1)
    found = settings(read(tmp_path / "application.yml", "application.yml"))
    assert found["hikaricp.connections.max"].value == 55


def test_every_recommendation_applies_by_itself(tmp_path: Path) -> None:
    files = {"conf/application.yml": YAML, "docker-compose.yml": COMPOSE}
    advice = advised(tmp_path, files, cause("pool-undersized"), cause("gc-pressure"))
    diffs = [one.diff for one in advice.recommendations if one.diff]
    assert len(diffs) == 2
    for diff in [*diffs, *(patch.diff for patch in advice.patches)]:
        apply(tmp_path, diff, "--check")


def test_properties_files_work_as_well(tmp_path: Path) -> None:
    text = "spring.datasource.hikari.maximum-pool-size = 20\n# idle\nserver.port=80\n"
    advice = advised(tmp_path, {"application.properties": text}, cause("pool-undersized"))
    apply(tmp_path, advice.patches[0].diff)
    assert "maximum-pool-size = 55\n# idle" in (tmp_path / "application.properties").read_text(
        encoding="utf-8"
    )


def test_a_missing_setting_stands_beside_its_neighbours(tmp_path: Path) -> None:
    advice = advised(tmp_path, {"application.yml": YAML}, cause("connection-leak"))
    apply(tmp_path, advice.patches[0].diff)
    found = settings(read(tmp_path / "application.yml", "application.yml"))
    assert found["hikaricp.leak-detection-threshold"].value == 10.0


def test_heap_and_its_start_change_in_their_own_spelling(tmp_path: Path) -> None:
    roomy = COMPOSE.replace("2G", "8G").replace("-Xms512m", "-Xms1g")
    advice = advised(tmp_path, {"docker-compose.yml": roomy}, cause("gc-pressure"))
    apply(tmp_path, advice.patches[0].diff)
    assert "-Xms2816m -Xmx2816m -XX:+UseG1GC" in (tmp_path / "docker-compose.yml").read_text(
        encoding="utf-8"
    )


def test_the_container_bounds_the_heap(tmp_path: Path) -> None:
    advice = advised(tmp_path, {"docker-compose.yml": COMPOSE}, cause("gc-pressure"))
    (change,) = advice.recommendations[0].changes
    assert change.value == 0.75 * 2 * 1024**3
    assert change.new == "1536m"


def test_the_variable_of_a_placeholder_is_changed_where_it_is_set(tmp_path: Path) -> None:
    files = {
        "application.yml": FORMS["placeholder"],
        "docker-compose.yml": COMPOSE.replace("JAVA_OPTS:", "POOL: 20\n      JAVA_OPTS:"),
    }
    advice = advised(tmp_path, files, cause("pool-undersized"))
    (patch,) = advice.patches
    assert patch.path == "docker-compose.yml"
    apply(tmp_path, patch.diff)
    assert "POOL: 55" in (tmp_path / "docker-compose.yml").read_text(encoding="utf-8")


SECRETS = (
    "password: hunter2",
    "jdbc-url: jdbc:mysql://root:hunter2@db/shop",
    "pass-phrase: |\n        hunter2",
    'api_key: "hunter2"',
    "extra: ${DB_PASSWORD:hunter2}",
    "token: hunter2",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("place", ["before", "after", "last"])
def test_no_secret_is_quoted(secret: str, place: str, tmp_path: Path) -> None:
    lines = YAML.splitlines()
    at = {"before": 5, "after": 6, "last": 7}[place]
    text = "\n".join([*lines[:at], f"      {secret}", *lines[at:]]) + "\n"
    advice = advised(tmp_path, {"application.yml": text}, cause("pool-undersized"))
    (one,) = [entry for entry in advice.recommendations if entry.remedy == "pool-size"]
    assert "hunter2" not in repr(advice)
    if place == "after":  # git needs the line behind a change
        assert one.diff is None
        assert "advice.no-diff" in {note.key for note in one.notes}
    else:
        assert one.diff is not None
        apply(tmp_path, one.diff, "--check")


@pytest.mark.parametrize("folder", ["a b", "\uc124\uc815", "it's"])
def test_paths_of_all_kinds(folder: str, tmp_path: Path) -> None:
    name = f"{folder}/application.yml"
    advice = advised(tmp_path, {name: YAML}, cause("pool-undersized"))
    assert f"+++ b/{name}" in advice.patches[0].diff
    apply(tmp_path, advice.patches[0].diff, "--check")


BARE = """\
services:
  app:
    image: shop:1
    environment:
      JAVA_OPTS: "-XX:+UseG1GC"
    mem_limit: 2g
"""
OPTIONS = {
    "quoted": BARE,
    "plain": BARE.replace('"-XX:+UseG1GC"', "-XX:+UseG1GC"),
    "unknown to us": BARE.replace("-XX:+UseG1GC", "-Dfile.encoding=UTF-8"),
    "empty": BARE.replace("-XX:+UseG1GC", ""),
    "list": BARE.replace("      JAVA_OPTS: ", "      - JAVA_OPTS=").replace('"', ""),
    "quoted list": BARE.replace('      JAVA_OPTS: "', '      - "JAVA_OPTS='),
    "folded": BARE.replace('"-XX:+UseG1GC"', ">-\n        -XX:+UseG1GC\n        -Dx=1"),
    "flow": BARE.replace(
        'environment:\n      JAVA_OPTS: "-XX:+UseG1GC"',
        'environment: {JAVA_OPTS: "-XX:+UseG1GC", TZ: Asia/Seoul}',
    ),
    "windows line ends": BARE.replace("\n", "\r\n"),
    "korean": BARE.replace("image: shop:1", "image: shop:1  # \uc8fc\ubb38 \uc11c\ube44\uc2a4"),
}


@pytest.mark.parametrize("form", OPTIONS)
def test_a_heap_that_no_option_bounds_gets_one(form: str, tmp_path: Path) -> None:
    files = {"docker-compose.yml": OPTIONS[form]}
    advice = advised(tmp_path, files, cause("gc-pressure"), beside=(gc_log(tmp_path),))
    (patch,) = advice.patches
    before = (tmp_path / "docker-compose.yml").read_bytes()
    apply(tmp_path, patch.diff)
    after = (tmp_path / "docker-compose.yml").read_bytes()
    assert after.replace(b"-Xmx1536m ", b"").replace(b"-Xmx1536m", b"") == before
    found = settings(read(tmp_path / "docker-compose.yml", "docker-compose.yml"))
    assert found["jvm.heap.max"].value == 1536 * MIB  # three quarters of the container
    changed = advice.recommendations[0].changes[0]
    assert (changed.key, changed.old, changed.new) == ("-Xmx", None, "1536m")


def test_a_share_of_the_container_is_raised_as_a_share(tmp_path: Path) -> None:
    text = BARE.replace("-XX:+UseG1GC", "-XX:MaxRAMPercentage=25.0")
    advice = advised(
        tmp_path, {"docker-compose.yml": text}, cause("gc-pressure"), beside=(gc_log(tmp_path),)
    )  # fmt: skip
    apply(tmp_path, advice.patches[0].diff)
    assert "-XX:MaxRAMPercentage=75" in (tmp_path / "docker-compose.yml").read_text("utf-8")


def test_of_two_applications_nobody_says_whose_heap_it_is(tmp_path: Path) -> None:
    other = BARE.split("services:\n")[1].replace("app:", "batch:")
    files = {"docker-compose.yml": BARE + other}
    advice = advised(tmp_path, files, cause("gc-pressure"), beside=(gc_log(tmp_path),))
    assert advice.patches == ()
    assert advice.recommendations[0].remedy == "heap-size"


LOOKS_SECRET = (
    "session:\n        timeout: 30m",
    "check-url: http://shop/health?mode=fast",
    "build: AbCdEfGh12345678AbCdEfGh12345678",
)


@pytest.mark.parametrize("lines", LOOKS_SECRET)
@pytest.mark.parametrize("above", [True, False])
def test_a_report_leaves_a_diff_as_it_is_or_there_is_none(
    lines: str, *, above: bool, tmp_path: Path
) -> None:
    """What the report hides in its texts would break a diff that holds it as context."""
    near = f"      {lines}\n      pool-name: shop\n"
    size = "      maximum-pool-size: 20  # measured in May\n"
    text = YAML.replace(size, near + size if above else f"{size}      x: 1\n{near}")
    advice = advised(tmp_path, {"application.yml": text}, cause("pool-undersized"))
    (patch,) = advice.patches
    assert without_secrets({"diff": patch.diff}) == {"diff": patch.diff}
    apply(tmp_path, patch.diff, "--check")


def test_a_changed_line_that_looks_secret_is_not_quoted(tmp_path: Path) -> None:
    text = COMPOSE.replace("-Xms512m", "-Durl=http://x/y?mode=fast").replace("2G", "8G")
    advice = advised(tmp_path, {"docker-compose.yml": text}, cause("gc-pressure"))
    assert advice.patches == ()
    (one,) = [entry for entry in advice.recommendations if entry.remedy == "heap-size"]
    assert "advice.no-diff" in {note.key for note in one.notes}


def test_a_diff_in_the_report_is_the_diff_git_takes(tmp_path: Path) -> None:
    """The text of the report keeps tabs, blanks at the end and Korean comments."""
    text = YAML.replace("# measured in May", "#\t5\uc6d4 \uce21\uc815  ")
    advice = advised(tmp_path, {"application.yml": text}, cause("pool-undersized"))
    test = replace(stress_test(), advice=advice)
    report = build((test,), intake(test), FailOn.FAIL)
    (markdown, to_json) = find_formats(["md", "json"])
    page = markdown.render(report, Catalogue("ko"))
    assert isinstance(page, str)
    (shown,) = re.findall(r"```diff\n(.*?)```", page, re.DOTALL)
    apply(tmp_path, shown, "--check")
    document = json.loads(to_json.render(report, Catalogue("ko")))
    diffs = [one["diff"] for one in document["recommendations"] if one["diff"]]
    assert diffs == [advice.patches[0].diff]


VARIABLE = "SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE"
ENVIRONMENTS = {
    "mapping": f"      {VARIABLE}: 20\n      TZ: Asia/Seoul\n",
    "quoted mapping": f'      {VARIABLE}: "20"  # \uc6b4\uc601\uac12\n      TZ: Asia/Seoul\n',
    "list": f"      - {VARIABLE}=20\n      - TZ=Asia/Seoul\n",
    "quoted list": f'      - TZ=Asia/Seoul\n      - "{VARIABLE}=20"\n',
    "single quotes": f"      - '{VARIABLE}=20'\n      - TZ=Asia/Seoul\n",
    "with a default": f"      {VARIABLE}: ${{POOL:-20}}\n      TZ: Asia/Seoul\n",
    "last line": f"      {VARIABLE}: 20",
}


@pytest.mark.parametrize("form", ENVIRONMENTS)
def test_a_container_variable_is_changed_where_it_stands(form: str, tmp_path: Path) -> None:
    text = f"services:\n  app:\n    image: shop\n    environment:\n{ENVIRONMENTS[form]}"
    advice = advised(tmp_path, {"compose.yml": text}, cause("pool-undersized"))
    (patch,) = advice.patches
    apply(tmp_path, patch.diff)
    assert (tmp_path / "compose.yml").read_text("utf-8") == text.replace("20", "55")
    found = settings(read(tmp_path / "compose.yml", "compose.yml"))
    assert found["hikaricp.connections.max"].value == 55


def test_the_default_of_a_variable_heap_is_what_is_raised(tmp_path: Path) -> None:
    text = COMPOSE.replace("-Xms512m -Xmx1g", "-Xmx${HEAP:-1g}").replace("2G", "8G")
    advice = advised(tmp_path, {"docker-compose.yml": text}, cause("gc-pressure"))
    apply(tmp_path, advice.patches[0].diff)
    after = (tmp_path / "docker-compose.yml").read_text("utf-8")
    assert "-Xmx${HEAP:-2816m} -XX:+UseG1GC" in after
