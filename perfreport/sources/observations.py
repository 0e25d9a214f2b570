"""`observations:` a small YAML of figures that no dump holds, each with who says so.

observations:
  - {name: kafka.messages.lost, value: 0, source: "SELECT count(*) against the producer log"}
  - {name: coupon.duplicates, value: 0, unit: count, source: "unique index check"}
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from perfreport.model.configuration import Observation, Observations
from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.model.units import Unit
from perfreport.sources._spec import Reading, Source
from perfreport.sources._yaml_lines import documents

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_ROOT = re.compile(r"^observations:\s*(#.*)?$", re.MULTILINE)
_UNITS = {
    "": (Unit.COUNT, 1.0),
    "count": (Unit.COUNT, 1.0),
    "s": (Unit.SECONDS, 1.0),
    "ms": (Unit.SECONDS, 1e-3),
    "%": (Unit.RATIO, 1e-2),
    "ratio": (Unit.RATIO, 1.0),
    "B": (Unit.BYTES, 1.0),
    "/s": (Unit.PER_SECOND, 1.0),
}


def sniff(head: Head) -> float:
    """Certain with `observations:` at the root."""
    return 1.0 if _ROOT.search(head.text) else 0.0


def read(source_input: Input) -> Reading:
    """Read every observation; one without a name, a number or a source is a counted loss."""
    text = "\n".join(line for _, line in source_input.lines())
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for document in documents(text):
        if document.broken_line is not None:
            broken = message("problem.yaml-broken")
            problems.append(Problem(source_input.name, broken, document.broken_line))
        for scalar in document.scalars:
            if len(scalar.path) == 3 and scalar.path[0] == "observations":
                entries[scalar.path[1]][scalar.path[2]] = scalar.text
                lines.setdefault(scalar.path[1], scalar.line)
    found: list[Observation] = []
    for position, fields in entries.items():
        observation = _observation(fields, lines[position])
        if observation is None:
            unclear = message("problem.observation-unclear")
            problems.append(Problem(source_input.name, unclear, lines[position]))
        else:
            found.append(observation)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (Observations(ref, tuple(found)),)

    return Reading(
        facts=facts,
        records=len(found),
        skipped=len(problems),
        problems=tuple(problems),
        summary=tuple((one.name, one.value) for one in found),
    )


def _observation(fields: dict[str, str], line: int) -> Observation | None:
    unit = _UNITS.get(fields.get("unit", ""))
    said_by = fields.get("source", "").strip()
    try:
        value = float(fields.get("value", "").replace(",", ""))
    except ValueError:
        return None
    if unit is None or not fields.get("name") or not said_by:
        return None
    return Observation(fields["name"], value * unit[1], unit[0], said_by, line)


PLUGIN = Source(id="observations", kind="observations", sniff=sniff, read=read)
