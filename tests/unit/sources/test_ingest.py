"""One file after another, mixed ones in parts; a fault of one reader never costs the others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.model.source import Fact
from perfreport.sources import ingest
from perfreport.sources._recognise import all_sources, recognise
from perfreport.sources._spec import Reading, Segment, Source
from perfreport.sources._unknown import likeness

if TYPE_CHECKING:
    from perfreport.model.source import SourceRef
    from perfreport.sources._input import Head, Input

RUNS = Path(__file__).parents[2] / "runs"


class Lines(Fact):
    """What the readers of this test found."""


def _sniff(mark: str):
    def sniff(head: Head) -> float:
        return 0.9 if head.text.startswith(mark) else 0.0

    return sniff


def _reader(mark: str):
    """Read lines that start with `mark`; leave blocks of others to others."""

    def read(source: Input) -> Reading:
        lines = [(number, text) for number, text in source.lines() if text]
        mine = [number for number, text in lines if text.startswith(mark)]
        other = [(number, text) for number, text in lines if not text.startswith(mark)]
        foreign = tuple(Segment(number, number, f"{text}\n") for number, text in other)

        def facts(ref: SourceRef) -> tuple[Fact, ...]:
            return (Lines(ref),)

        return Reading(facts, len(mine), foreign=foreign, summary=(("lines", tuple(mine)),))

    return read


def _fail(_: object) -> Reading:
    raise ZeroDivisionError


@pytest.fixture
def dialects(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = (
        Source("a", "kind-a", _sniff("A"), _reader("A")),
        Source("b", "kind-b", _sniff("B"), _reader("B")),
        Source("broken", "kind-x", _sniff("X"), _fail),
    )
    for module in ("_ingest", "_recognise"):
        monkeypatch.setattr(f"perfreport.sources.{module}.all_sources", lambda: sources)


@pytest.mark.usefixtures("dialects")
def test_a_mixed_file_is_read_in_parts(tmp_path: Path) -> None:
    """Lines of one dialect are read together, with the numbers they have in the file."""
    (tmp_path / "mixed.log").write_text("A1\nB1\nB2\n??\nA2\nB3\n\nA3\n", encoding="ascii")
    with ingest([str(tmp_path / "mixed.log")]) as intake:
        told = [(ref.kind, ref.lines, ref.records, dict(ref.summary)) for ref in intake.sources]
        problems = [(problem.message.key, problem.count) for problem in intake.problems]
        hashes = [ref.sha256 is not None for ref in intake.sources]
    assert told == [
        ("kind-a", None, 3, {"lines": (1, 5, 8)}),
        ("kind-b", (2, 6), 3, {"lines": (2, 3, 6)}),
    ]
    assert intake.sources[0].skipped == 1
    assert problems == [("problem.lines-not-understood", 1)]
    assert hashes == [True, False]


@pytest.mark.usefixtures("dialects")
def test_a_reader_that_fails_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "1.log").write_text("X\n", encoding="ascii")
    (tmp_path / "2.log").write_text("A\n", encoding="ascii")
    with ingest([str(tmp_path)]) as intake:
        assert [ref.kind for ref in intake.sources] == ["unknown", "kind-a"]
        (failure, _) = intake.problems
    assert failure.message.key == "problem.source-failed"
    assert dict(failure.message.params)["source"] == "broken: ZeroDivisionError"


def test_a_sniff_that_fails_hides_nothing(tmp_path: Path) -> None:
    from perfreport.sources._input import Input

    sources = (
        Source("broken", "kind-x", _fail, _fail),  # type: ignore[arg-type]
        Source("a", "kind-a", _sniff("A"), _reader("A")),
    )
    path = tmp_path / "1.log"
    path.write_text("A\n", encoding="ascii")
    found = recognise(Input("1.log", path).head, sources)
    assert found.source is sources[1]
    assert found.failed == ("broken",)


def test_every_reader_of_the_package_is_found_once() -> None:
    names = [source.id for source in all_sources()]
    assert len(names) == len(set(names))
    assert {"k6-json", "k6-summary", "k6-inspect", "k6-console"} <= set(names)


@pytest.mark.parametrize(
    ("name", "content", "looks_like", "quiet"),
    [
        ("a", b"", "empty", False),
        ("a", b"\0\0\0\0 \n", "empty", False),
        ("a", b"JAVA PROFILE 1.0.2\0\0\0", "heap-dump", False),
        ("a", b"\x89PNG\r\n\x1a\n", "image", True),
        ("a", bytes(range(256)) * 8, "binary", False),
        ("a", b'{"a": 1, "b": 2}', "json", False),
        ("a", b'{"a": 1, "b": ', "json-torn", False),
        ("a", b"<!doctype html><html>", "html", False),
        ("a", b"<?xml version='1.0'?><a/>", "xml", False),
        ("a", b"k6 v1.1.0 (commit/0e3fb953be, go1.24.4, linux/amd64)\n", "k6-version", True),
        ("a", b"k6 run --out json=results.json script.js\n", "k6-command", True),
        ("a", b"import http from 'k6/http';\nexport default function () {}\n", "k6-script", True),
        ("a", b"#!/bin/sh\necho\n", "shell-script", True),
        ("a", b"package com.shop;\npublic class A {}\n", "source-code", True),
        ("a", b"http_req_duration..............: avg=1ms\n", "k6-text-summary", False),
        ("a", b"x,y,z\n1,2,3\n4,5,6\n", "table", False),
        ("a", b"# Findings\n\nThe pool was full.\n", "markdown", True),
        ("README.txt", b"what lies here\n", "markdown", True),
        ("a", b"a:\n  b: 1\nc: 2\n", "yaml", False),
        ("a", b"12:00:01 started\n12:00:02 stopped\n", "timed-text", False),
        ("a", b"just words\n", "text", False),
        ("a", b"\xe2\x80\xa8\n", "empty", False),
    ],
)
def test_what_nobody_recognises_is_described(
    name: str, content: bytes, looks_like: str, *, quiet: bool, tmp_path: Path
) -> None:
    from perfreport.render.i18n import Catalogue, languages
    from perfreport.sources._input import Input

    path = tmp_path / name
    path.write_bytes(content)
    found = likeness(Input(name, path).head)
    assert (found.looks_like, found.expected) == (looks_like, quiet)
    for language in languages():
        catalogue = Catalogue(language)
        assert catalogue.text(found.problem)
        assert all(catalogue.text(value) for _, value in found.summary)  # type: ignore[arg-type]


def test_an_unknown_file_in_a_folder_disturbs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(RUNS / "segments", folder)
    with ingest([str(folder)]) as intake:
        before = [type(fact) for fact in intake.runs[0].facts]
    (folder / "truth.json").write_text('{"answer": 42}', encoding="ascii")
    (folder / "script.js").write_text("import http from 'k6/http';", encoding="ascii")
    (folder / "core").write_bytes(bytes(range(256)) * 16)
    with ingest([str(folder)]) as intake:
        assert [type(fact) for fact in intake.runs[0].facts] == before
        warned = {p.path for p in intake.problems if p.message.key == "problem.unrecognised"}
    assert warned == {"truth.json", "core"}


def test_temporary_files_go_with_the_context(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ingest([str(RUNS / "untagged")]):
        pass
    assert not [path for path in tmp_path.iterdir() if re.match("perfreport", path.name)]
