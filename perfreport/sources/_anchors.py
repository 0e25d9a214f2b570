"""Which result files make up one run: copies of the same samples, and parts of a distributed run.

An anchor is what companions (summaries, console logs, dumps) are joined to: the samples of one
run, or a summary where there are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._same_samples import Kinship, kinship

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.message import Message
    from perfreport.model.source import Fact
    from perfreport.sources._ingest import Part

F = TypeVar("F", bound="Fact")

# Parts of a file name that say what a file is, not which run it belongs to.
_PLAIN = frozenset({
    "json", "ndjson", "jsonl", "csv", "gz", "zst", "log", "txt", "out", "k6", "results", "result",
    "console", "summary", "export", "exit", "code", "status", "inspect", "metrics", "raw", "stdout",
    "stderr", "output", "options", "machine",
})  # fmt: skip


@dataclass(slots=True, eq=False)
class Anchor:
    """A run being put together."""

    members: list[Part]
    twins: list[Part] = field(default_factory=list)  # the same samples once more: not used
    companions: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def samples(self) -> list[LoadSamples]:
        """The sample facts, one per member; none where a run is known by its summary only."""
        return [fact for part in self.members for fact in of(part, LoadSamples)]

    @property
    def folders(self) -> set[str]:
        """Folders that hold the run's results."""
        return {part.origin.folder for part in (*self.members, *self.twins)}

    @property
    def parts(self) -> list[Part]:
        """Everything that belongs to the run."""
        return [*self.members, *self.twins, *self.companions]

    @property
    def torn(self) -> bool:
        """Whether some of its samples are known to be lost."""
        return any(part.ref.skipped or part.problems for part in self.members)

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last instant of the samples, or what a summary says of its time."""
        times = [(fact.start_ns, fact.end_ns) for fact in self.samples] or [
            (part.ref.start_ns, part.ref.end_ns)
            for part in self.members
            if part.ref.start_ns is not None and part.ref.end_ns is not None
        ]
        if not times:
            return None
        return min(start for start, _ in times), max(end for _, end in times)

    def facts(self, kind: type[F]) -> list[F]:
        """All facts of one type, members first."""
        return [fact for part in (*self.members, *self.companions) for fact in of(part, kind)]

    def likeness(self, name: str) -> float:
        """Share of the run's file names (0-1) that have the same stem as `name`."""
        stems = [stem(part.ref.path) for part in self.parts]
        return stems.count(stem(name)) / len(stems)


def of(part: Part, kind: type[F]) -> list[F]:
    """Return the facts of one type that a part holds."""
    return [fact for fact in part.facts if isinstance(fact, kind)]


def stem(path: str) -> str:
    """Return what a file name has of its own: `killed.console.log` is of "killed"."""
    name = re.split(r"[\\/]", path)[-1].lower()
    return "-".join(part for part in re.split(r"[^\w]+|_", name) if part and part not in _PLAIN)


def anchors_of(parts: Sequence[Part]) -> list[Anchor]:
    """Group the result files into runs."""
    anchors: list[Anchor] = []
    for part in sorted(_with_samples(parts), key=_preference):
        _place(part, anchors)
    for anchor in anchors:
        anchor.members.sort(key=lambda part: part.ref.path)
    return anchors


def noted(part: Part, note: Message) -> Part:
    """Return a part that will not be used, with the reason in its reference."""
    return replace(part, ref=replace(part.ref, notes=(*part.ref.notes, note)), facts=())


def _with_samples(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if of(part, LoadSamples)]


def _preference(part: Part) -> tuple[bool, int, int, str]:
    """NDJSON before CSV (it declares its metrics), then the file that holds most."""
    return part.ref.kind != "k6-json", -part.ref.records, part.ref.skipped, part.ref.path


def _place(part: Part, anchors: list[Anchor]) -> None:
    """Put a result file where it belongs: a copy, a further part, or a run of its own."""
    mine = _samples(part)
    shares: list[Anchor] = []
    for anchor in anchors:
        for member in anchor.members:
            found = kinship(_samples(member), mine)
            if found is Kinship.SAME:
                anchor.problems.extend(_differing(member, part))
                note = message("note.same-samples", other=member.ref.path)
                anchor.twins.append(noted(part, note))
                return
            if found is Kinship.SHARE and anchor not in shares:
                shares.append(anchor)
    if not shares:
        anchors.append(Anchor([part]))
        return
    first, *others = shares
    first.members.append(part)
    for other in others:  # the part is what they have in common
        first.members += other.members
        first.twins += other.twins
        first.problems += other.problems
        anchors.remove(other)


def _differing(used: Part, twin: Part) -> list[Problem]:
    """Name the first metric whose number of samples differs between two files of the same run."""
    mine, theirs = _samples(used).store, _samples(twin).store
    for name in sorted({*mine.metrics, *theirs.metrics}):
        counts = mine.count(name), theirs.count(name)
        if counts[0] != counts[1]:
            said = message(
                "problem.same-samples-differ",
                other=used.ref.path,
                metric=name,
                used=counts[0],
                found=counts[1],
            )
            return [Problem(twin.ref.path, said)]
    return []


def _samples(part: Part) -> LoadSamples:
    return of(part, LoadSamples)[0]
