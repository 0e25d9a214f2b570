"""One document of a thresholds file: its keys and what they mean.

::

    test: LT-001                  # this id; or only `kind`, for every test of that kind
    kind: load                    # load | stress | peak | soak
    title: {ko: …, en: …}         # or one text for both
    script: include               # include | exclude the k6 script's own thresholds
    objectives:
      - metric: http_req_duration # a k6 metric, a derived one or a server signal
        stat: p(99)               # may be left out where there is only one
        where: {scenario: buy*}   # tags the samples must carry, globs allowed
        phase: plateau            # a phase name or kind (glob), `stage` (each on its own), `all`
        only_successful: true     # leave failed requests out
        pass: "< 500ms"
        warning: "< 550ms"        # or warning_margin: 5% of the pass limit
        collapse: ">= 5s"         # a stage that is failed *and* past this has collapsed
        on_missing: fail          # fail | warn | skip
    stages:
      - {name: …, vus: 100, duration: 5m, throughput: 25..30/s, title: …, kind: plateau}
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from perfreport.grading.limits import parse_quantity
from perfreport.grading.naming import kind_of_id
from perfreport.grading.objectives import LOWER, UPPER, read_limit, read_objective, read_title
from perfreport.model.analysis import StageTarget
from perfreport.model.grade import TestKind
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from yaml import Node

    from perfreport.grading.document import Document
    from perfreport.grading.limits import Limit
    from perfreport.model.grade import Objective

TOP_KEYS = ("test", "kind", "title", "script", "objectives", "stages")
_STAGE_KEYS = ("name", "title", "kind", "vus", "duration", "throughput")


class ScriptUse(StrEnum):
    """Whether the thresholds of the k6 script count as objectives."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class TargetSet:
    """The targets of one document. Without `test` it holds for a kind, without either for all."""

    path: str
    test: str | None
    kind: TestKind | None
    objectives: tuple[Objective, ...]
    title: Message | None = None
    stages: tuple[StageTarget, ...] = ()
    script: ScriptUse = ScriptUse.INCLUDE
    sha256: str | None = None
    shipped: bool = False
    notes: tuple[Message, ...] = ()


def read_targets(document: Document, sha256: str, *, shipped: bool = False) -> TargetSet:
    """Read one document of our own format; mistakes are reported to the document."""
    root = document.root
    found = document.mapping(root, TOP_KEYS)
    test = document.text(found.get("test"))
    kind = document.choice(found.get("kind"), TestKind) or kind_of_id(test or "")
    if found and "test" not in found and "kind" not in found:
        document.report(root, message("thresholds.no-test"), message("thresholds.mend-no-test"))
    script = document.choice(found.get("script"), ScriptUse) or ScriptUse.INCLUDE
    stages = tuple(
        _stage(document, node)
        for node in (document.items(found["stages"]) if "stages" in found else ())
    )
    return TargetSet(
        path=document.path,
        test=test,
        kind=kind,
        title=read_title(document, found.get("title")),
        objectives=_objectives(document, found, kind),
        stages=tuple(stage for stage in stages if stage is not None),
        script=script,
        sha256=sha256,
        shipped=shipped,
    )


def _objectives(
    document: Document, found: dict[str, Node], kind: TestKind | None
) -> tuple[Objective, ...]:
    if "objectives" not in found:
        if "stages" not in found and found:
            document.require(document.root, found, "objectives")
        return ()
    read: dict[str, Objective] = {}
    for node in document.items(found["objectives"]):
        objective = read_objective(document, node, kind)
        if objective is None:
            continue
        if objective.id in read:
            first = read[objective.id].place or ""
            document.report(
                node,
                message("thresholds.objective-twice", name=objective.id, place=first),
                message("thresholds.mend-objective-twice"),
            )
        read[objective.id] = objective
    return tuple(read.values())


def _stage(document: Document, node: Node) -> StageTarget | None:
    found = document.mapping(node, _STAGE_KEYS)
    name = document.text(document.require(node, found, "name") if found else None)
    kind = document.choice(found.get("kind"), PhaseKind)
    seconds = None
    duration = document.text(found.get("duration"))
    if duration is not None:
        seconds = parse_quantity(duration, Unit.SECONDS)
        if not seconds:
            document.report(
                found["duration"],
                message("thresholds.duration-malformed", text=duration),
                message("thresholds.mend-duration"),
            )
    throughput = read_limit(document, found.get("throughput"), Unit.PER_SECOND)
    vus = document.number(found.get("vus"))
    if name is None:
        return None
    return StageTarget(
        name=name,
        title=read_title(document, found.get("title")),
        kind=kind,
        vus=vus,
        seconds=seconds,
        throughput=_band(throughput) if throughput else None,
        place=document.place(node),
    )


def _band(limit: Limit) -> tuple[float | None, float | None]:
    low = next((bound.limit for bound in limit.bounds if bound.operator in LOWER), None)
    high = next((bound.limit for bound in limit.bounds if bound.operator in UPPER), None)
    return low, high
