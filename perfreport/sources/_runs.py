"""Which files belong to one test run, without being told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.run import TestRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.sources._ingest import Part


def join(parts: Sequence[Part]) -> tuple[TestRun, ...]:
    """Group the parts into runs: the files of one folder are one run."""
    folders: dict[str, list[Part]] = {}
    for part in parts:
        if part.facts:
            folders.setdefault(part.origin.folder, []).append(part)
    return tuple(
        TestRun(
            folder,
            tuple(fact for part in inside for fact in part.facts),
            tuple(part.ref for part in inside),
            tuple(problem for part in inside for problem in part.problems),
        )
        for folder, inside in folders.items()
    )
