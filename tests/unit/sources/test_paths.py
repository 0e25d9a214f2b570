"""Whatever a user may name becomes files; what is missing is said with a way out."""

from __future__ import annotations

import io
import os
import sys
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest

from perfreport.errors import ExitCode, InputError
from perfreport.model.load import ExitStatus
from perfreport.render.i18n import Catalogue, languages
from perfreport.sources import ingest
from perfreport.sources._paths import find, natural

if TYPE_CHECKING:
    from pathlib import Path


def names(*paths: str, workspace: Path) -> list[str]:
    return [place.name for place in find(paths, workspace).places]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name in ("b/10.txt", "b/9.txt", "a.txt", ".hidden", ".git/config", "node_modules/x.json"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return root


def test_a_folder_is_read_to_the_bottom_without_hidden_files(tree: Path, tmp_path: Path) -> None:
    assert names(str(tree), workspace=tmp_path / "w") == ["a.txt", "b/9.txt", "b/10.txt"]


def test_several_folders_keep_their_names(tree: Path, tmp_path: Path) -> None:
    found = find([str(tree / "b"), str(tree / "a.txt")], tmp_path / "w").places
    assert [place.path.name for place in found] == ["a.txt", "9.txt", "10.txt"]
    assert all(place.name.startswith(tree.as_posix()) for place in found)


def test_globs_and_repetitions_name_a_file_once(tree: Path, tmp_path: Path) -> None:
    pattern = str(tree / "**" / "*.txt")
    assert len(names(pattern, str(tree / "a.txt"), workspace=tmp_path / "w")) == 3


@pytest.mark.parametrize(
    ("name", "key", "hint"),
    [
        ("a.tx", "error.file-missing", "hint.file-similar"),
        ("quite-different", "error.file-missing", "hint.file-missing"),
        ("*.nope", "error.no-match", "hint.no-match"),
    ],
)
def test_a_missing_name_is_an_error_with_a_hint(
    tree: Path, tmp_path: Path, name: str, key: str, hint: str
) -> None:
    with pytest.raises(InputError) as raised:
        find([str(tree / name)], tmp_path / "w")
    assert raised.value.exit_code is ExitCode.INPUT_UNREADABLE
    assert raised.value.message.key == key
    assert raised.value.hint is not None
    assert raised.value.hint.key == hint
    for language in languages():
        assert name in Catalogue(language).text(raised.value.message)
        assert Catalogue(language).text(raised.value.hint)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_empty_is_an_error_with_a_hint(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "named"
    path.mkdir() if kind == "folder" else path.touch()
    with pytest.raises(InputError) as raised, ingest([str(path)]):
        pass
    assert raised.value.message.key == f"error.{kind}-empty"
    assert raised.value.hint is not None


def test_an_empty_file_inside_a_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "exit_code").write_text("0\n", encoding="ascii")
    with ingest([str(tmp_path)]) as intake:
        assert [ref.kind for ref in intake.sources] == ["unknown", "k6-exit-code"]


def test_an_unreadable_file_is_an_error_if_named_else_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exit_code").write_text("0\n", encoding="ascii")
    denied = PermissionError(13, "Permission denied")

    def refuse(*_: object) -> None:
        raise denied

    monkeypatch.setattr("perfreport.sources._ingest.fingerprint_of", refuse)
    with ingest([str(tmp_path)]) as intake:
        assert [problem.message.key for problem in intake.problems] == ["error.file-unreadable"]
    with pytest.raises(InputError) as raised, ingest([str(tmp_path / "exit_code")]):
        pass
    assert dict(raised.value.message.params)["reason"] == "Permission denied"


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"99\n"), encoding="utf-8"))
    with ingest(["-"]) as intake:
        assert intake.runs[0].of(ExitStatus)[0].code == 99
        assert intake.sources[0].path == "-"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"105\n"))
    writer.start()
    with ingest([str(pipe)]) as intake:
        assert intake.runs[0].of(ExitStatus)[0].code == 105
    writer.join()


def test_members_of_a_zip_are_files_of_their_own(tmp_path: Path) -> None:
    archive = tmp_path / "run.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("LT/exit_code", "99\n")
        written.writestr("../../escape", "0\n")
    with ingest([str(archive)]) as intake:
        assert {ref.path.rsplit("/", 1)[-1] for ref in intake.sources} == {"exit_code", "escape"}
    assert {path.name for path in tmp_path.iterdir()} == {"run.zip"}


def test_a_broken_zip_is_an_unknown_file(tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(b"PK\x03\x04" + b"\xff" * 100)
    with ingest([str(path)]) as intake:
        assert intake.sources[0].kind == "unknown"


def test_objects_behind_a_url(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/bucket/run/exit_code", b"99\n")
    for url in ("memory://bucket/run/exit_code", "memory://bucket/run", "memory://bucket/*/exit*"):
        with ingest([url]) as intake:
            assert intake.runs[0].of(ExitStatus)[0].code == 99
            assert intake.sources[0].path == "memory://bucket/run/exit_code"


def test_a_url_that_fails_is_an_error_without_its_secrets(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError) as raised:
        find(["nosuch://user:secret@host/key?token=abc"], tmp_path / "w")
    assert raised.value.message.key == "error.url-unreadable"
    told = str(raised.value.message)
    assert "secret" not in told
    assert "abc" not in told


def test_a_missing_fsspec_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError) as raised:
        find(["s3://bucket/results.json"], tmp_path / "w")
    assert raised.value.message.key == "error.fsspec-missing"


def test_progress_adds_up_to_what_was_announced(tmp_path: Path) -> None:
    (tmp_path / "exit_code").write_text("0\n", encoding="ascii")
    (tmp_path / "notes.md").write_text("# Notes\n" * 9000, encoding="ascii")

    class Told:
        size = 0
        read = 0

        def total(self, size: int) -> None:
            self.size += size

        def advance(self, size: int) -> None:
            self.read += size

    told = Told()
    with ingest([str(tmp_path)], told):
        pass
    assert told.read == told.size == 2 + 8 * 9000


def test_numbers_in_names_count() -> None:
    assert sorted(["pod-10", "pod-9", "pod"], key=natural) == ["pod", "pod-9", "pod-10"]
