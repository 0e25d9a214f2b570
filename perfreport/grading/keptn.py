"""Keptn's `slo.yaml` as a thresholds file.

::

    spec_version: "1.0"
    objectives:
      - sli: response_time_p95
        pass: [{criteria: ["<=+10%", "<600"]}]
        warning: [{criteria: ["<=800"]}]

Criteria of one entry must all hold. Criteria relative to an earlier evaluation (`<=+10%`) need
that evaluation and are left out with a note, as are alternatives (several entries) and weights:
a test takes its worst objective here. Keptn's response times are milliseconds, its error rate is
a percentage. An SLI that is none of Keptn's own names is taken for a metric of that name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from perfreport.grading.catalogue import Family, find_metric
from perfreport.grading.naming import given_text, objective_id, objective_title
from perfreport.grading.targets import TargetSet
from perfreport.model.grade import Bound, Objective, Operator
from perfreport.model.load import Contains
from perfreport.model.measurement import Selector
from perfreport.model.message import Message, message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from yaml import Node

    from perfreport.grading.document import Document

_TOP = ("spec_version", "filter", "comparison", "objectives", "total_score")
_OBJECTIVE = ("sli", "displayName", "pass", "warning", "weight", "key_sli")
_CRITERION = re.compile(
    r"\s*(?P<operator><=|>=|<|>|=)\s*(?P<sign>[+-])?\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%)?\s*"
)
_MILLI, _CENTI = Decimal("0.001"), Decimal("0.01")
_RESPONSE_TIME = re.compile(r"response_time_p(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class _Indicator:
    """What an SLI stands for; a number of Keptn's is `number * scale` in base units."""

    metric: str
    stat: str
    unit: Unit
    scale: Decimal


def recognises(root: Node) -> bool:
    """Whether a document is a Keptn SLO file: its objectives name an `sli`."""
    from yaml import MappingNode, SequenceNode

    if not isinstance(root, MappingNode):
        return False
    for key, value in root.value:
        if key.value == "objectives" and isinstance(value, SequenceNode):
            return any(
                isinstance(entry, MappingNode) and any(k.value == "sli" for k, _ in entry.value)
                for entry in value.value
            )
    return False


def read_slo(document: Document, sha256: str) -> TargetSet:
    """Read an SLO file; its targets hold for any test."""
    top = document.mapping(document.root, _TOP)
    objectives: dict[str, Objective] = {}
    notes: list[Message] = []
    if "total_score" in top:
        notes.append(message("thresholds.keptn-score", path=document.path))
    for node in document.items(top["objectives"]) if "objectives" in top else ():
        objective = _objective(document, node, notes)
        if objective is not None:
            objectives[objective.id] = objective
    if not objectives:
        document.report(
            document.root,
            message("thresholds.keptn-nothing"),
            message("thresholds.mend-keptn-nothing"),
        )
    return TargetSet(
        path=document.path,
        test=None,
        kind=None,
        objectives=tuple(objectives.values()),
        sha256=sha256,
        notes=tuple(notes),
    )


def _objective(document: Document, node: Node, notes: list[Message]) -> Objective | None:
    found = document.mapping(node, _OBJECTIVE)
    name_node = document.require(node, found, "sli")
    name = document.text(name_node)
    if name_node is None or name is None:
        return None
    indicator = _indicator(name)
    if indicator is None:
        document.report(
            name_node,
            message("thresholds.metric-unknown", metric=name),
            message("thresholds.mend-metric"),
        )
        return None
    target = _bounds(document, found.get("pass"), indicator, notes)
    if not target:
        notes.append(message("thresholds.keptn-no-target", place=document.place(node), sli=name))
        return None
    selector = Selector(indicator.metric, indicator.stat)
    display = document.text(found.get("displayName"))
    return Objective(
        id=objective_id(selector),
        selector=selector,
        unit=indicator.unit,
        target=target,
        warning=_bounds(document, found.get("warning"), indicator, notes),
        title=given_text(display, display) if display else objective_title(selector),
        place=document.place(node),
    )


def _indicator(name: str) -> _Indicator | None:
    response_time = _RESPONSE_TIME.fullmatch(name)
    if response_time:
        stat = f"p({response_time[1]})"
        return _Indicator("http_req_duration", stat, Unit.SECONDS, _MILLI)
    if name == "error_rate":
        return _Indicator("http_req_failed", "rate", Unit.RATIO, _CENTI)
    spec = find_metric(name)
    if spec is None or spec.usual_stat is None:
        return None
    unit = spec.unit_of(spec.usual_stat) or Unit.NONE
    scale = _MILLI if spec.contains is Contains.TIME or unit is Unit.SECONDS else Decimal(1)
    if unit is Unit.RATIO:
        scale = _CENTI
    return None if spec.family is Family.CUSTOM else _Indicator(name, spec.usual_stat, unit, scale)


def _bounds(
    document: Document, node: Node | None, indicator: _Indicator, notes: list[Message]
) -> tuple[Bound, ...]:
    if node is None:
        return ()
    entries = list(document.items(node))
    if len(entries) > 1:
        notes.append(message("thresholds.keptn-alternatives", place=document.place(node)))
    bounds: list[Bound] = []
    for entry in entries[:1]:
        found = document.mapping(entry, ("criteria",))
        criteria = document.require(entry, found, "criteria") if found else None
        for item in document.items(criteria) if criteria is not None else ():
            bound = _bound(document, item, indicator, notes)
            if bound is not None:
                bounds.append(bound)
    return tuple(bounds)


def _bound(
    document: Document, node: Node, indicator: _Indicator, notes: list[Message]
) -> Bound | None:
    text = document.text(node)
    if text is None:
        return None
    found = _CRITERION.fullmatch(text)
    if found is None:
        document.report(
            node,
            message("thresholds.criterion-malformed", text=text),
            message("thresholds.mend-criterion"),
        )
        return None
    if found["sign"] or found["percent"]:
        place = document.place(node)
        notes.append(message("thresholds.keptn-relative", place=place, text=text))
        return None
    operator = Operator("==" if found["operator"] == "=" else found["operator"])
    return Bound(operator, float(Decimal(found["number"]) * indicator.scale), text.strip())
