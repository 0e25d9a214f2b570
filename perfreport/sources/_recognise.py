"""Which dialect a file is written in, by its content alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from perfreport.registry import discover
from perfreport.sources._spec import CERTAIN_ENOUGH, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head


@dataclass(frozen=True, slots=True)
class Recognition:
    """The most certain source (None below `CERTAIN_ENOUGH`), and by how much it won.

    `failed` names sources whose `sniff` raised: a bug in them, not a property of the file.
    """

    source: Source | None
    certainty: float = 0.0
    margin: float = 0.0
    failed: tuple[str, ...] = ()


@cache
def all_sources() -> tuple[Source, ...]:
    """Return every dialect of this package, by id."""
    import perfreport.sources

    return discover(perfreport.sources, Source)


def recognise(head: Head, sources: tuple[Source, ...] | None = None) -> Recognition:
    """Ask every source how sure it is; the surest wins, ties go to the id that sorts first.

    With all sources in question k6's big results come first: nothing can be surer than certain,
    and the other dialects need not even be loaded.
    """
    if sources is None and (results := _k6_results(head)) is not None:
        return results
    scores: list[tuple[float, Source]] = []
    failed: list[str] = []
    for source in all_sources() if sources is None else sources:
        try:
            scores.append((source.sniff(head), source))
        except Exception:  # noqa: BLE001 - one broken dialect must not hide the file from others
            failed.append(source.id)
    scores.sort(key=lambda score: (-score[0], score[1].id))
    if not scores or scores[0][0] < CERTAIN_ENOUGH:
        return Recognition(None, failed=tuple(failed))
    runner_up = scores[1][0] if len(scores) > 1 else 0.0
    certainty, source = scores[0]
    return Recognition(source, certainty, certainty - runner_up, tuple(failed))


def _k6_results(head: Head) -> Recognition | None:
    from perfreport.sources.k6_json import PLUGIN

    certainty = PLUGIN.sniff(head)
    return Recognition(PLUGIN, certainty, certainty) if certainty == 1.0 else None
