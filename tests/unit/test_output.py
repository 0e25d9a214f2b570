"""A report file is whole, in UTF-8 with line feeds, or it is not there."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from perfreport.errors import ExitCode, UsageError
from perfreport.model.grade import FailOn
from perfreport.render._spec import Format
from perfreport.render.i18n import Catalogue
from perfreport.render.output import write
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from pathlib import Path

KO = Catalogue("ko")
REPORT = build((), story.intake(), FailOn.FAIL)


def test_it_is_written_as_utf8_with_line_feeds(tmp_path: Path) -> None:
    fmt = Format("x", "x.txt", lambda _report, _catalogue: "가\n나\n")
    path = write(fmt, REPORT, KO, tmp_path / "new" / "folder")
    assert path.read_bytes() == "가\n나\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    fmt = Format("x", "x.bin", lambda _report, _catalogue: b"\r\n\0")
    assert write(fmt, REPORT, KO, tmp_path).read_bytes() == b"\r\n\0"


def test_a_failed_rendering_keeps_what_was_there(tmp_path: Path) -> None:
    def fails(_report: object, _catalogue: object) -> str:
        msg = "no"
        raise RuntimeError(msg)

    (tmp_path / "x.txt").write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write(Format("x", "x.txt", fails), REPORT, KO, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]
    assert (tmp_path / "x.txt").read_text(encoding="utf-8") == "old"


def test_text_that_can_not_be_encoded_leaves_nothing(tmp_path: Path) -> None:
    fmt = Format("x", "x.txt", lambda _report, _catalogue: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        write(fmt, REPORT, KO, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("", encoding="utf-8")
    fmt = Format("x", "x.txt", lambda _report, _catalogue: "x")
    with pytest.raises(UsageError) as raised:
        write(fmt, REPORT, KO, tmp_path / "report")
    assert raised.value.exit_code is ExitCode.USAGE
    assert "x.txt" in KO.text(raised.value.message)


def test_own_layouts_win(tmp_path: Path) -> None:
    from perfreport.render.formats.markdown import PLUGIN

    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "report.md.j2").write_text("own\n\n{{ body }}\n", encoding="utf-8")
    text = PLUGIN.render(REPORT, Catalogue("ko", tmp_path))
    assert isinstance(text, str)
    assert text.startswith("own\n\n## ")


def test_a_broken_layout_of_the_user_is_a_usage_error(tmp_path: Path) -> None:
    from perfreport.render.formats.markdown import PLUGIN

    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "report.md.j2").write_text("{{ t('no.such.key') }}", encoding="utf-8")
    with pytest.raises(UsageError):
        PLUGIN.render(REPORT, Catalogue("ko", tmp_path))
    (tmp_path / "markdown" / "report.md.j2").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(UsageError):
        PLUGIN.render(REPORT, Catalogue("ko", tmp_path))
