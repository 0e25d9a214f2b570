"""From what the user typed to local files: folders, globs, archives, URLs, standard input.

Whatever is not a local file (standard input, members of a zip, objects behind an fsspec URL) is
copied into the workspace first, so that every reader can open it twice and DuckDB can map it.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from perfreport.errors import InputError
from perfreport.model.message import message
from perfreport.model.source import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STANDARD_INPUT = "-"

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_GLOB = re.compile(r"[*?\[]")
_USERINFO = re.compile(r"(?<=://)[^/@]*@")
_ZIP_MAGIC = b"PK\x03\x04"
_SKIPPED_FOLDERS = {"__pycache__", "node_modules"}
_MOST_MEMBERS = 10_000
_LARGEST_MEMBER = 64 << 30
# RuntimeError: an encrypted member; NotImplementedError: an unknown compression method
_ZIP_FAULTS = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Place:
    """A local file and what to call it.

    `name` is relative to the folder the user named, or what they typed. `folder` is the part of
    the tree it lies in ("" at the top): files of one folder may belong to one run. `named`:
    typed by the user, so that it must be readable.
    """

    name: str
    path: Path
    folder: str
    named: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Every file to be read, in an order that does not depend on how they were listed."""

    places: tuple[Place, ...]
    problems: tuple[Problem, ...]


def find(paths: Sequence[str], workspace: Path) -> Found:
    """Expand what the user typed.

    Raises:
        InputError: a named file or folder is missing, unreadable or of an unsupported kind.
    """
    only_one = len(paths) == 1
    places: list[Place] = []
    problems: list[Problem] = []
    for number, path in enumerate(paths):
        folder = workspace / f"input-{number}"
        if path == STANDARD_INPUT:
            places.append(_copied(path, sys.stdin.buffer, folder))
        elif _URL.match(path):
            places.extend(_fetched(path, folder))
        else:
            places.extend(_local(path, folder, only_one=only_one))
    expanded = [part for place in places for part in _unzipped(place, workspace, problems)]
    return Found(_in_order(expanded), tuple(problems))


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key under which "part-10" comes after "part-9"."""
    return tuple(
        (0, int(part)) if part.isdecimal() else (1, part)
        for part in re.split(r"(\d+)", text)
        if part
    )


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    unique: dict[str, Place] = {}
    for place in places:
        real = os.path.realpath(place.path)
        known = unique.get(real)
        if known is None or (place.named, known.name) > (known.named, place.name):
            unique[real] = place
    return tuple(sorted(unique.values(), key=lambda place: (natural(place.name), place.name)))


def _local(path: str, workspace: Path, *, only_one: bool) -> Iterator[Place]:
    local = Path(path).expanduser()
    if local.is_dir():
        yield from _in_folder(local, "" if only_one else path.rstrip("/\\") or path)
    elif local.is_file():
        yield _named(path, local)
    elif local.exists():  # a pipe can be opened only once
        with local.open("rb") as stream:
            yield _copied(path, stream, workspace)
    elif _GLOB.search(path):
        matches = sorted(glob.glob(str(local), recursive=True))  # noqa: PTH207 - absolute globs
        if not matches:
            raise InputError(message("error.no-match", pattern=path), message("hint.no-match"))
        for match in matches:
            if Path(match).is_dir():
                yield from _in_folder(Path(match), match)
            else:
                yield _named(match, Path(match))
    else:
        raise _missing(path, local)


def _named(name: str, path: Path) -> Place:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise _unreadable(name, error) from error
    return Place(Path(name).as_posix(), path, Path(name).parent.as_posix().strip("."), named=True)


def _in_folder(folder: Path, shown: str) -> Iterator[Place]:
    """Every regular file below; hidden ones, links to folders and package folders are left out."""

    def fail(error: OSError) -> None:
        if Path(str(error.filename)) == folder:
            raise _unreadable(str(folder), error) from error

    for parent, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS
        )
        inside = Path(parent).relative_to(folder)
        for name in sorted(names):
            path = Path(parent) / name
            if name.startswith(".") or not path.is_file():
                continue
            relative = PurePosixPath(shown, inside.as_posix(), name).as_posix()
            where = PurePosixPath(shown, inside.as_posix()).as_posix()
            yield Place(relative, path, "" if where == "." else where, named=False)


def _missing(path: str, local: Path) -> InputError:
    """Name the nearest thing that does exist: most missing files are misspelt."""
    import difflib

    try:
        neighbours = sorted(path.name for path in local.parent.iterdir())
    except OSError:
        neighbours = []
    close = difflib.get_close_matches(local.name, neighbours, n=1)
    hint = (
        message("hint.file-similar", name=(local.parent / close[0]).as_posix())
        if close
        else message("hint.file-missing")
    )
    return InputError(message("error.file-missing", path=path), hint)


def _unreadable(name: str, error: OSError) -> InputError:
    return InputError(
        message("error.file-unreadable", path=name, reason=error.strerror or type(error).__name__),
        message("hint.file-unreadable"),
    )


def _copied(name: str, stream: BinaryIO, folder: Path) -> Place:
    folder.mkdir(parents=True)
    path = folder / "stream"
    with path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
    return Place(name, path, "", named=True)


def _fetched(url: str, folder: Path) -> Iterator[Place]:
    """Copy what lies behind an fsspec URL into the workspace."""
    shown = _USERINFO.sub("", url.split("?", 1)[0])
    try:
        import fsspec
    except ImportError as error:
        raise InputError(
            message("error.fsspec-missing", url=shown), message("hint.fsspec-missing")
        ) from error
    try:
        filesystem, root = fsspec.core.url_to_fs(url)
        if _GLOB.search(root):
            names = sorted(filesystem.glob(root))
        else:
            names = sorted(filesystem.find(root)) if filesystem.isdir(root) else [root]
        if not names:
            raise InputError(  # noqa: TRY301 - the one place that knows nothing matched
                message("error.no-match", pattern=shown), message("hint.no-match")
            )
        folder.mkdir(parents=True)
        scheme = shown.split("://", 1)[0]
        for number, name in enumerate(names):
            path = folder / str(number)
            with filesystem.open(name, "rb") as stored, path.open("wb") as copy:
                shutil.copyfileobj(stored, copy, 1 << 20)
            address = name if _URL.match(name) else f"{scheme}://{name.lstrip('/')}"
            public = _USERINFO.sub("", address.split("?", 1)[0])
            yield Place(public, path, public.rsplit("/", 1)[0], named=len(names) == 1)
    except InputError:
        raise
    except Exception as error:  # every backend has its own exceptions
        raise InputError(
            message("error.url-unreadable", url=shown, reason=type(error).__name__),
            message("hint.url-unreadable"),
        ) from error


def _unzipped(place: Place, workspace: Path, problems: list[Problem]) -> Iterator[Place]:
    """Replace a zip archive by its members; anything else stays as it is."""
    if not _starts_with(place.path, _ZIP_MAGIC):
        yield place
        return
    folder = workspace / f"zip-{len(list(workspace.iterdir()))}"
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(place.path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > _MOST_MEMBERS:
                problems.append(_lost_members(place, len(members) - _MOST_MEMBERS))
            for number, member in enumerate(members[:_MOST_MEMBERS]):
                path = folder / str(number)
                if not _extracted(archive, member, path):
                    problems.append(_lost_members(place, 1))
                    continue
                inside = member.filename.replace("\\", "/").lstrip("/")
                where = PurePosixPath(place.name, inside).parent.as_posix()
                yield Place(f"{place.name}/{inside}", path, where, named=False)
    except _ZIP_FAULTS:
        yield place


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bool:
    """Copy one member, keeping what came before a fault; False when nothing is left of it."""
    size = 0
    try:
        with archive.open(member) as stored, path.open("wb") as copy:
            while (chunk := stored.read(1 << 20)) and size < _LARGEST_MEMBER:
                size += copy.write(chunk)
    except (*_ZIP_FAULTS, EOFError, ValueError, zlib.error):
        return size > 0
    return True


def _lost_members(place: Place, count: int) -> Problem:
    return Problem(place.name, message("problem.zip-members-lost", count=count), count=count)


def _starts_with(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(magic)) == magic
    except OSError:
        return False
