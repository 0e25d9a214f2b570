"""Write one rendered report: UTF-8, line feeds, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.message import message

if TYPE_CHECKING:
    from perfreport.model.report import Report
    from perfreport.render._spec import Format
    from perfreport.render.i18n import Catalogue


def write(fmt: Format, report: Report, catalogue: Catalogue, folder: Path) -> Path:
    """Render a report into its file in `folder`, which is made if need be, after what it shows.

    A file of an earlier run is only replaced by a complete new one.

    Raises:
        UsageError: the folder or the file can't be written.
        ValueError: the format has no file of its own.
    """
    if fmt.file_name is None:
        msg = f"the format {fmt.id} is not written to a file"
        raise ValueError(msg)
    rendered = fmt.render(report, catalogue)
    content = rendered.encode("utf-8") if isinstance(rendered, str) else rendered
    target = folder / fmt.file_name
    beside = fmt.beside(report, catalogue) if fmt.beside is not None else ()
    for path, picture in beside:
        _put(folder / path, picture)
    _put(target, content)
    return target


def write_companions(fmt: Format, report: Report, catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write the report's companions into files of their own, if the format is for people.

    Raises:
        UsageError: the folder or a file can't be written.
    """
    if not fmt.readable:
        return []
    return [
        write(
            replace(fmt, file_name=fmt.file_of(companion)),
            report.page(companion),
            catalogue,
            folder,
        )
        for companion in report.companions
    ]


def _put(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, content)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise UsageError(
            message("error.not-writable", path=str(target), reason=reason),
            message("hint.not-writable"),
        ) from fault


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    half_written = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        half_written.chmod(0o666 & ~_umask())
        half_written.replace(target)
    except BaseException:
        half_written.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
