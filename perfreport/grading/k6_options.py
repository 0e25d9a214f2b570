"""The `thresholds` of k6 options, as a thresholds file: `k6 inspect` output or a bare mapping.

::

    {"thresholds": {"http_req_duration{scenario:x}": ["p(95)<500", {"threshold": "avg<200"}]}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.grading.catalogue import find_metric
from perfreport.grading.expression import parse, split_name
from perfreport.grading.script import make_objective
from perfreport.grading.targets import TargetSet
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import Node

    from perfreport.grading.document import Document
    from perfreport.model.grade import Objective

_KEY = "thresholds"


def recognises(root: Node) -> bool:
    """Whether a document is k6 options: it has `thresholds` and no objectives of ours."""
    from yaml import MappingNode

    if not isinstance(root, MappingNode):
        return False
    keys = {str(key.value) for key, _ in root.value}
    return _KEY in keys and "objectives" not in keys


def read_options(document: Document, sha256: str) -> TargetSet:
    """Read the thresholds; every other option of k6 is left alone. They hold for any test."""
    options = document.mapping(document.root, ())
    objectives: dict[str, Objective] = {}
    for spelling, node in document.mapping(options[_KEY], ()).items():
        for objective in _objectives(document, spelling, node):
            objectives[objective.id] = objective
    if not objectives:
        document.report(
            options[_KEY], message("thresholds.not-a-list"), message("thresholds.mend-list")
        )
    return TargetSet(
        path=document.path,
        test=None,
        kind=None,
        objectives=tuple(objectives.values()),
        sha256=sha256,
    )


def _objectives(document: Document, spelling: str, node: Node) -> Iterator[Objective]:
    from yaml import MappingNode, ScalarNode

    metric, tags = split_name(spelling)
    entries = [node] if isinstance(node, ScalarNode) else document.items(node)
    for entry in entries:
        source: Node | None = entry
        if isinstance(entry, MappingNode):
            keys = ("threshold", "abortOnFail", "delayAbortEval")
            source = document.require(entry, document.mapping(entry, keys), "threshold")
        text = document.text(source)
        if source is None or text is None:
            continue
        assertion = parse(text)
        if assertion is None:
            document.report(
                source,
                message("thresholds.expression-malformed", text=text),
                message("thresholds.mend-expression"),
            )
            continue
        spec = find_metric(metric)
        if spec is not None and spec.type is not None and not assertion.legal_for(spec.type):
            document.report(
                source,
                message("thresholds.stat-unknown", metric=metric, stat=assertion.stat),
                message("thresholds.mend-stat", stats=", ".join(spec.stats)),
            )
            continue
        yield make_objective(metric, tags, assertion, " ".join(text.split()))
