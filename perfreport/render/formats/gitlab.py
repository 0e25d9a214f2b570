"""GitLab's `load_performance` report: k6's `--summary-export` JSON, made from any input.

GitLab reads four figures of it (`http_req_waiting` p(90) and p(95), `http_reqs` rate, `checks`
passes and fails) and compares them with those of the target branch. Of several tests the first
one stands where GitLab looks; every one of them stands beside it as submetrics tagged `testid`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.grade import Verdict
from perfreport.model.units import Unit
from perfreport.redaction import redacted
from perfreport.render._spec import Format

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import Grade
    from perfreport.model.load import Tags
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

Json: TypeAlias = "dict[str, object]"

_SEPARATOR = "::"
_MS = 1000.0
_LITERAL = re.compile(r"\[([*?\[])\]")  # how the tags of an objective quote a glob's signs


def render(report: Report, catalogue: Catalogue) -> str:
    """Return the measured metrics as k6 would have exported them; times are milliseconds."""
    del catalogue
    metrics: dict[str, Json] = {}
    for test in report.tests[:1]:
        metrics |= _metrics(test, ())
    if len(report.tests) > 1:
        for test in report.tests:
            metrics |= _metrics(test, (("testid", test.grade.test_id),))
    exported = {"root_group": _groups(report.tests[:1]), "metrics": metrics}
    return json.dumps(exported, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _metrics(test: TestAnalysis, tags: Tags) -> dict[str, Json]:
    metrics: dict[str, Json] = {}
    names = _Names(tags)
    for entry in test.measurements.metrics:
        if entry.value is None or not math.isfinite(entry.value):
            continue
        name = names.of(entry.selector.metric, entry.selector.where)
        scale = _MS if entry.unit is Unit.SECONDS else 1.0
        metrics.setdefault(name, {})[entry.selector.stat] = _number(entry.value * scale)
    for statistics in metrics.values():
        if "passes" in statistics:  # of a rate metric; a counter's rate keeps its name
            statistics["value"] = statistics.pop("rate", None)
    for grade in test.grade.grades:
        crossed = _crossed(grade)
        selector = grade.objective.selector
        where = tuple((key, _LITERAL.sub(r"\1", value)) for key, value in selector.where)
        name = names.of(selector.metric, where)
        if crossed is not None and name in metrics:
            thresholds = metrics[name].setdefault("thresholds", {})
            if isinstance(thresholds, dict):
                thresholds[_expression(grade)] = crossed
    return metrics


class _Names:
    """The name of each submetric; those that differ in a secret alone are numbered."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._given: dict[tuple[str, Tags], str] = {}
        self._seen: Counter[tuple[str, Tags]] = Counter()

    def of(self, metric: str, where: Tags) -> str:
        """Return the name of a submetric as k6 writes it, without secrets."""
        key = (metric, where)
        if key not in self._given:
            shown = tuple((name, redacted(value)) for name, value in (*self._tags, *where))
            self._seen[metric, shown] += 1
            nth = self._seen[metric, shown]
            told = (*shown, ("nth", str(nth))) if nth > 1 else shown
            tail = ",".join(f"{name}:{value}" for name, value in told)
            self._given[key] = f"{metric}{{{tail}}}" if tail else metric
        return self._given[key]


def _crossed(grade: Grade) -> bool | None:
    """Tell whether a threshold of the script was crossed; the export says true where it was."""
    if grade.objective.origin != "script" or not grade.objective.target:
        return None
    if grade.script_verdict is not None:
        return not grade.script_verdict
    if grade.verdict in {Verdict.NO_DATA, Verdict.INCONCLUSIVE}:
        return None
    return grade.verdict is Verdict.FAIL


def _expression(grade: Grade) -> str:
    scale = _MS if grade.objective.unit is Unit.SECONDS else 1.0
    bound = grade.objective.target[0]
    limit = f"{bound.limit * scale:.12g}"
    return f"{grade.objective.selector.stat}{bound.operator.value}{limit}"


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _groups(tests: tuple[TestAnalysis, ...]) -> Json:
    """Return the tree of groups with their checks; an id is the MD5 of the path, as in k6."""
    root = _group("", "")
    for test in tests:
        for row in test.measurements.checks:
            group = root
            for name in map(redacted, row.group.split(_SEPARATOR)[1:]):
                below = group["groups"]
                if isinstance(below, dict):
                    path = f"{group['path']}{_SEPARATOR}{name}"
                    group = below.setdefault(name, _group(name, path))
            name = redacted(row.name)
            checks, path = group["checks"], f"{group['path']}{_SEPARATOR}{name}"
            if isinstance(checks, dict):
                check = checks.setdefault(name, _check(name, path))
                check["passes"] += row.passes
                check["fails"] += row.fails
    return root


def _group(name: str, path: str) -> Json:
    return {"name": name, "path": path, "id": _id(path), "groups": {}, "checks": {}}


def _check(name: str, path: str) -> Json:
    return {"name": name, "path": path, "id": _id(path), "passes": 0, "fails": 0}


def _id(path: str) -> str:
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()


PLUGIN = Format(id="gitlab", file_name="load-performance.json", render=render)
