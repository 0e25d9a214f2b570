"""Which files belong to one test run, without being told.

Results come first (`_anchors`), then whatever tells of them: summaries, console logs, plans and
exit codes by what they say (`_belonging`), everything else by folder and time. What contradicts a
run is not joined to it, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from perfreport.model.load import ConsoleLog, ExitStatus, LoadPlan, LoadSamples, LoadSummary
from perfreport.model.message import message
from perfreport.model.run import TestRun
from perfreport.model.source import Problem
from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._anchors import Anchor, anchors_of, noted, of
from perfreport.sources._belonging import (
    Comparison,
    Seen,
    compare,
    console_fits,
    exit_fits,
    plan_fits,
    same_run,
    summary_fits,
)
from perfreport.sources._joined import joined_facts
from perfreport.sources._paths import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perfreport.model.source import Fact
    from perfreport.sources._ingest import Part

F = TypeVar("F", bound="Fact")

_AROUND = 15 * 60 * NS_PER_SECOND  # dumps are taken shortly before or after a run
_GENERIC = frozenset({"in", "input", "out", "output", "results", "result", "run", "k6", "data"})
_K6 = (LoadSamples, LoadSummary, LoadPlan, ConsoleLog, ExitStatus)
_SMALLEST_COPY = 64  # bytes: exit codes are alike without being copies


@dataclass(frozen=True, slots=True)
class Joined:
    """The runs found, every file with its notes, and what fits no run."""

    runs: tuple[TestRun, ...]
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


def join(parts: Sequence[Part], label: str = "") -> Joined:
    """Group the parts into runs; `label` names a run whose files lie at the top of the input."""
    joining = _Joining(_without_copies(parts), label)
    joining.run()
    return joining.outcome()


def _without_copies(parts: Sequence[Part]) -> list[Part]:
    """Leave out the facts of a file that lies in the same folder a second time."""
    seen: dict[tuple[str, str, str, tuple[int, int] | None], str] = {}
    kept = []
    for part in parts:
        origin = part.origin
        key = (origin.folder, origin.fingerprint, part.ref.kind, part.ref.lines)
        first = seen.setdefault(key, part.ref.path)
        if first == part.ref.path or origin.size < _SMALLEST_COPY or not part.facts:
            kept.append(part)
        else:
            kept.append(noted(part, message("note.same-content", other=first)))
    return kept


@dataclass(slots=True)
class _Joining:
    parts: list[Part]
    label: str
    anchors: list[Anchor] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> None:
        self.anchors = anchors_of(self.parts)
        with_samples = list(self.anchors)
        for part, fact in self._each(LoadSummary):
            self._join_summary(part, fact, with_samples)
        for part, console in self._each(ConsoleLog):
            self._join(part, partial(_console_fits, console, _window(part)))
        self._join_plans()
        for part, status in self._each(ExitStatus):
            self._join(part, partial(_exit_fits, status))
        dumps = [p for p in self.parts if p.facts and not any(isinstance(f, _K6) for f in p.facts)]
        for part in dumps:
            self._join_dump(part)
        if not self.anchors:
            rest = [part for part in self.parts if part.facts]
            self.anchors = [Anchor(rest)] if rest else []

    def outcome(self) -> Joined:
        named = sorted(
            ((self._name(anchor), anchor) for anchor in self.anchors),
            key=lambda pair: (natural(pair[0]), pair[0]),
        )
        runs = tuple(_finished(anchor, name) for name, anchor in named)
        renewed = {
            (part.ref.path, part.ref.lines): part for run in self.anchors for part in run.twins
        }
        parts = tuple(renewed.get((p.ref.path, p.ref.lines), p) for p in self.parts)
        joined = [problem for anchor in self.anchors for problem in anchor.problems]
        return Joined(runs, parts, (*self.problems, *joined))

    def _each(self, kind: type[F]) -> list[tuple[Part, F]]:
        return [(part, fact) for part in self.parts for fact in of(part, kind)]

    def _near(self, part: Part, anchors: Sequence[Anchor] | None = None) -> list[Anchor]:
        """Runs in the part's folder, else in the nearest folder above that has any below it."""
        among = self.anchors if anchors is None else anchors
        folder = PurePosixPath(part.origin.folder)
        for level in (folder, *folder.parents):
            found = [
                run
                for run in among
                if any(PurePosixPath(own).is_relative_to(level) for own in run.folders)
            ]
            if found:
                return found
        return list(among)

    def _join_summary(self, part: Part, fact: LoadSummary, with_samples: list[Anchor]) -> None:
        near = self._near(part, with_samples)
        if near:
            compared = [(run, [compare(fact, own.store) for own in run.samples]) for run in near]
            found = {id(run): comparisons for run, comparisons in compared}
            chosen = self._join(part, lambda run: _best_fit(found[id(run)], run), near)
            if chosen is not None:
                chosen.problems += _fewer(part, found[id(chosen)], chosen)
            return
        for run in self.anchors:
            if part.origin.folder in run.folders and any(
                same_run(known, fact) for known in run.facts(LoadSummary)
            ):
                run.companions.append(part)
                return
        self.anchors.append(Anchor([part]))

    def _join(
        self,
        part: Part,
        fits: Callable[[Anchor], float | None],
        near: list[Anchor] | None = None,
    ) -> Anchor | None:
        """Join a part to the run it fits best; say so where it fits none, or two alike."""
        candidates = self._near(part) if near is None else near
        if not candidates:
            return None
        scored = [
            (score + _bonus(part, run), run)
            for run in candidates
            if (score := fits(run)) is not None
        ]
        if not scored:
            said = message("problem.contradicts-run", kind=part.ref.kind)
            # The only run it could belong to has to know: a part of it may be missing.
            told = candidates[0].problems if len(candidates) == 1 else self.problems
            told.append(Problem(part.ref.path, said))
            return None
        best = max(score for score, _ in scored)
        chosen = [run for score, run in scored if score == best]
        if len(chosen) > 1:
            said = message("problem.fits-many-runs", count=len(chosen))
            self.problems.append(Problem(part.ref.path, said))
            return None
        chosen[0].companions.append(part)
        return chosen[0]

    def _join_plans(self) -> None:
        """Give every run the plan that fits it best: runs of one script share theirs."""
        plans = self._each(LoadPlan)
        used: set[int] = set()
        for run in self.anchors:
            scored = [
                (score + _bonus(part, run), -number)
                for number, (part, plan) in enumerate(plans)
                if run in self._near(part) and (score := plan_fits(plan, _seen(run))) is not None
            ]
            if scored:
                number = -max(scored)[1]
                used.add(number)
                run.companions.append(plans[number][0])
        for number, (part, _) in enumerate(plans):
            if number not in used and self.anchors:
                said = message("problem.contradicts-run", kind=part.ref.kind)
                self.problems.append(Problem(part.ref.path, said))

    def _join_dump(self, part: Part) -> None:
        """Join what was saved beside a run: to the runs of its time, else to all that are near."""
        near = self._near(part)
        window = _window(part)
        timed = [run for run in near if run.span is not None]
        if window is not None and timed:
            for slack in (0, _AROUND):
                inside = [run for run in timed if _overlaps(window, run.span, slack)]
                if inside:
                    near = inside
                    break
            else:
                said = message("problem.outside-run", kind=part.ref.kind)
                self.problems.append(Problem(part.ref.path, said))
        for run in near:
            copies = {
                known.origin.fingerprint
                for known in run.companions
                if known.ref.path != part.ref.path
            }
            if part.origin.fingerprint not in copies:
                run.companions.append(part)

    def _name(self, anchor: Anchor) -> str:
        """Folder of the run, with the file's own name where the folder holds several runs."""
        folder = _common(sorted(anchor.folders))
        named = title(folder) or self.label
        beside = [
            PurePosixPath(other.members[0].ref.path).name
            for other in self.anchors
            if anchor.folders & other.folders
        ]
        whole = PurePosixPath(anchor.members[0].ref.path).name
        short = whole.split(".", 1)[0]
        if named and len(beside) == 1:
            return named
        unique = sum(name.split(".", 1)[0] == short for name in beside) == 1
        own = short if unique else whole
        if named:
            return f"{named}/{own}"
        return PurePosixPath(min(anchor.folders) or own).parts[0]


def _finished(anchor: Anchor, name: str) -> TestRun:
    inside = sorted(
        (*anchor.members, *anchor.companions),
        key=lambda part: (natural(part.ref.path), part.ref.path, part.ref.lines or (0, 0)),
    )
    refs = sorted(
        (part.ref for part in anchor.parts),
        key=lambda ref: (natural(ref.path), ref.path, ref.lines or (0, 0)),
    )
    return TestRun(
        name,
        joined_facts([fact for part in inside for fact in part.facts]),
        tuple(refs),
        (*(problem for part in inside for problem in part.problems), *anchor.problems),
    )


def _bonus(part: Part, run: Anchor) -> float:
    """Folder and file name decide between runs that content can't tell apart."""
    return 5 * run.likeness(part.ref.path) + 3 * (part.origin.folder in run.folders)


def _seen(run: Anchor) -> Seen:
    counts = [fact.store.count("iterations") for fact in run.samples]
    if not run.samples:
        counts = [
            round(value)
            for summary in run.facts(LoadSummary)
            for metric in summary.metrics
            if metric.name == "iterations" and (value := dict(metric.values).get("count"))
        ]
    names = {PurePosixPath(part.ref.path.replace("\\", "/")).name for part in run.parts}
    scenarios = {name for fact in run.samples for name in fact.store.tag_values("scenario")}
    return Seen(
        files=frozenset(names),
        window=run.span,
        iterations=frozenset([*counts, sum(counts)] if counts else []),
        scenarios=frozenset(scenarios),
        torn=run.torn,
    )


def _best_fit(comparisons: Sequence[Comparison], run: Anchor) -> int | None:
    fits = [summary_fits(found, torn=run.torn) for found in comparisons]
    return max((score for score in fits if score is not None), default=None)


def _console_fits(console: ConsoleLog, clock: tuple[int, int] | None, run: Anchor) -> int | None:
    return console_fits(console, clock, _seen(run))


def _exit_fits(status: ExitStatus, run: Anchor) -> int | None:
    consoles, summaries = run.facts(ConsoleLog), run.facts(LoadSummary)
    return exit_fits(status, consoles[0] if consoles else None, summaries[0] if summaries else None)


def _fewer(part: Part, comparisons: Sequence[Comparison], run: Anchor) -> Iterable[Problem]:
    """Say where the results hold less than the summary counts."""
    fitting = [found for found in comparisons if summary_fits(found, torn=run.torn) is not None]
    least = min((found.fewer for found in fitting), key=len, default=())
    for name, have, said in least[:1]:
        text = message("problem.fewer-than-summary", metric=name, found=have, counted=said)
        yield Problem(part.ref.path, text)


def _window(part: Part) -> tuple[int, int] | None:
    ref = part.ref
    if ref.start_ns is None or ref.end_ns is None or not ref.clock.correlated:
        return None
    return ref.start_ns, ref.end_ns


def _overlaps(window: tuple[int, int], span: tuple[int, int] | None, slack: int) -> bool:
    return span is not None and window[0] <= span[1] + slack and window[1] >= span[0] - slack


def _common(folders: Sequence[str]) -> str:
    """Return the deepest folder that holds all of them."""
    first = PurePosixPath(folders[0])
    for level in (first, *first.parents):
        if all(PurePosixPath(folder).is_relative_to(level) for folder in folders):
            return "" if level == PurePosixPath() else level.as_posix()
    return ""


def title(folder: str) -> str:
    """Leave out folder names that say nothing, such as the `in` of `R01/in`."""
    path = PurePosixPath(folder)
    while path.name.lower() in _GENERIC and path.parent.name:
        path = path.parent
    return "" if path == PurePosixPath() else path.as_posix()
