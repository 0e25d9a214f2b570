"""`campaign.yaml`: which tests make up one report, where folders and names don't say it.

::

    tests:                                # in the order of the report
      - id: LT-001
        title: {ko: …, en: …}             # or one text for both
        files: [steady/, logs/lt-*.log]   # files, folders, globs, from the folder of this file
        thresholds: targets/LT-001.yaml   # a file or folder, likewise
        replicas: 2                       # instances of the application
        mix: {buy: 60%, coupon: 40%}      # the documented shares of the scenarios
    shared: [application.yml]             # files that belong to every test
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from perfreport.errors import InputError, ThresholdsError
from perfreport.grading.document import read_documents
from perfreport.grading.limits import parse_quantity
from perfreport.grading.objectives import read_title
from perfreport.model.campaign import Campaign, FilePattern, PlannedTest
from perfreport.model.message import message
from perfreport.model.source import SourceRef
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yaml import Node

    from perfreport.grading.document import Diagnostic, Document

NAMES = ("campaign.yaml", "campaign.yml")
_TOP_KEYS = ("tests", "shared")
_TEST_KEYS = ("id", "title", "files", "thresholds", "replicas", "mix")
_LARGEST = 1 << 20
_WHOLE = 0.01  # rounded shares may add up to 99 or 101 %


def load_campaign(paths: Sequence[str]) -> Campaign | None:
    """Read the campaign of a folder, or the one named; None where there is none.

    Raises:
        InputError: it can't be read.
        ThresholdsError: it can't be understood; `details` has one line per mistake.
    """
    path = _found(paths)
    if path is None:
        return None
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as fault:
        raise InputError(message("campaign.unreadable", path=str(path))) from fault
    if len(content) > _LARGEST:
        raise InputError(message("campaign.too-large", path=str(path)))
    mistakes: list[Diagnostic] = []
    documents = read_documents(path, mistakes, content)
    campaign = _read(documents[0], path) if documents else None
    if mistakes or campaign is None:
        raise ThresholdsError(
            message("campaign.broken", path=str(path), count=len(mistakes)),
            details=tuple(found.text for found in mistakes),
        )
    return campaign


def _found(paths: Sequence[str]) -> Path | None:
    if len(paths) != 1:
        return None
    given = Path(paths[0]).expanduser()
    if given.name in NAMES and given.is_file():
        return given
    return next((given / name for name in NAMES if (given / name).is_file()), None)


def _read(document: Document, path: Path) -> Campaign:
    root = document.root
    found = document.mapping(root, _TOP_KEYS)
    listed = document.require(root, found, "tests")
    tests: list[PlannedTest] = []
    thresholds: list[Path] = []
    ref = SourceRef(path.name, "campaign")
    for node in document.items(listed) if listed is not None else ():
        test, targets = _test(document, node, ref, len(tests))
        thresholds += targets
        if test is None:
            continue
        if any(test.test_id.casefold() == one.test_id.casefold() for one in tests):
            said = message("campaign.test-twice", name=test.test_id)
            document.report(node, said, message("campaign.mend-test-twice"))
        tests.append(test)
    shared = tuple(_patterns(document, found.get("shared")))
    return Campaign(path, tuple(tests), shared, tuple(dict.fromkeys(thresholds)))


def _test(
    document: Document, node: Node, ref: SourceRef, number: int
) -> tuple[PlannedTest | None, list[Path]]:
    found = document.mapping(node, _TEST_KEYS)
    if not found:
        return None, []
    name = document.text(document.require(node, found, "id"))
    files = tuple(_patterns(document, document.require(node, found, "files")))
    test = PlannedTest(
        ref,
        number=number,
        test_id=name.strip() if name else "",
        files=files,
        title=read_title(document, found.get("title")),
        replicas=_replicas(document, found.get("replicas")),
        mix=tuple(_mix(document, found.get("mix"))),
    )
    return test if name else None, list(_targets(document, found.get("thresholds")))


def _patterns(document: Document, node: Node | None) -> Iterator[FilePattern]:
    for entry in document.items(node) if node is not None else ():
        written = document.text(entry)
        if written is not None and _inside(document, entry, written):
            yield FilePattern(PurePosixPath(written).as_posix(), document.place(entry))


def _inside(document: Document, node: Node, written: str) -> bool:
    """Report a path that leads out of the folder of the campaign."""
    path = PurePosixPath(written)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in written
    if not inside or ":" in written or "\0" in written:
        said = message("campaign.path-outside", path=written)
        document.report(node, said, message("campaign.mend-path-outside"))
        return False
    return True


def _targets(document: Document, node: Node | None) -> Iterator[Path]:
    written = document.text(node)
    if node is None or written is None or not _inside(document, node, written):
        return
    path = Path(document.path).parent / written
    if path.exists():
        yield path
    else:
        said = message("campaign.thresholds-missing", path=written)
        document.report(node, said, message("campaign.mend-thresholds-missing"))


def _replicas(document: Document, node: Node | None) -> int | None:
    value = document.number(node)
    if node is None or value is None:
        return None
    if value < 1 or value != int(value):
        said = message("campaign.replicas-odd", text=document.text(node) or "")
        document.report(node, said, message("campaign.mend-replicas"))
        return None
    return int(value)


def _mix(document: Document, node: Node | None) -> Iterator[tuple[str, float]]:
    if node is None:
        return
    shares: dict[str, float] = {}
    for name, value in document.mapping(node, ()).items():
        written = document.text(value)
        share = parse_quantity(written, Unit.RATIO) if written else None
        if share is None or not 0 <= share <= 1:
            said = message("campaign.share-odd", name=name, text=written or "")
            document.report(value, said, message("campaign.mend-share"))
        else:
            shares[name] = share
    if shares and abs(sum(shares.values()) - 1) > _WHOLE:
        total = f"{sum(shares.values()) * 100:g}%"
        said = message("campaign.mix-not-whole", total=total)
        document.report(node, said, message("campaign.mend-mix"))
    yield from shares.items()
