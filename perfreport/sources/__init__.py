"""From files to facts: every file is recognised by its content, one dialect per module.

`ingest` is the only entry; modules without an underscore are dialects, found by
`perfreport.registry.discover`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.run import Intake


class Progress(Protocol):
    """Told how many stored bytes of the input have been read, out of how many."""

    def total(self, size: int) -> None:
        """Announce the size of everything to be read, in bytes as stored."""
        ...

    def advance(self, size: int) -> None:
        """Announce that `size` more bytes have been read."""
        ...


@contextmanager
def ingest(paths: Sequence[str], progress: Progress | None = None) -> Iterator[Intake]:
    """Read every file at `paths`; temporary stores live as long as the context."""
    raise NotImplementedError(paths, progress)
    yield  # type: ignore[unreachable]
