"""From files to facts: every file is recognised by its content, one dialect per module.

`ingest` is the only entry; modules without an underscore are dialects, found by
`perfreport.registry.discover`.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from perfreport.errors import InputError
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.run import Intake
from perfreport.sources._ingest import read_place
from perfreport.sources._paths import find
from perfreport.sources._planned import join_planned, listed
from perfreport.sources._runs import join, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.campaign import Campaign
    from perfreport.sources._ingest import Part


class Progress(Protocol):
    """Told how many stored bytes of the input have been read, out of how many."""

    def total(self, size: int) -> None:
        """Announce the size of everything to be read, in bytes as stored."""
        ...

    def advance(self, size: int) -> None:
        """Announce that `size` more bytes have been read."""
        ...


class _NoProgress:
    def total(self, size: int) -> None: ...

    def advance(self, size: int) -> None: ...


@contextmanager
def ingest(
    paths: Sequence[str], progress: Progress | None = None, campaign: Campaign | None = None
) -> Iterator[Intake]:
    """Read every file at `paths`; temporary stores live as long as the context.

    With a `campaign` the files are those its tests ask for, and belong to the tests it says.

    Raises:
        InputError: a named file or folder is missing, empty or unreadable.
    """
    told = progress or _NoProgress()
    with ExitStack() as resources:
        workspace = Path(resources.enter_context(TemporaryDirectory(prefix="perfreport-")))
        found = find(paths, workspace)
        if not found.places:
            raise InputError(
                message("error.folder-empty", path=", ".join(paths)), message("hint.folder-empty")
            )
        if campaign is not None:
            found = listed(found, campaign)
        told.total(sum(place.path.stat().st_size for place in found.places))
        parts: list[Part] = []
        for place in found.places:
            for part in read_place(place, workspace, told.advance):
                parts.append(part)
                _close_with(resources, part)
        joined = join_planned(parts, campaign) if campaign else join(parts, _label(paths))
        yield Intake(
            runs=joined.runs,
            sources=tuple(part.ref for part in joined.parts),
            problems=(
                *found.problems,
                *(problem for part in joined.parts for problem in part.problems),
                *joined.problems,
            ),
        )


def _close_with(resources: ExitStack, part: Part) -> None:
    for fact in part.facts:
        if isinstance(fact, LoadSamples):
            resources.callback(fact.store.close)


def _label(paths: Sequence[str]) -> str:
    """Name a run by the folder it was given as; several inputs have no name in common."""
    if len(paths) != 1 or not Path(paths[0]).is_dir():
        return ""
    folder = Path(paths[0]).resolve()
    return title(f"{folder.parent.name}/{folder.name}").rsplit("/", 1)[-1]
