"""One entry of `objectives` in a thresholds file: metric, statistic, scope and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.grading.catalogue import MetricSpec, alike, find_metric
from perfreport.grading.limits import Limit, Mistake, parse_limit, parse_margin, widened
from perfreport.grading.naming import (
    STAGE,
    default_phase,
    given_text,
    objective_id,
    objective_title,
)
from perfreport.model.grade import Bound, Objective, OnMissing, Operator
from perfreport.model.measurement import Selector
from perfreport.model.message import Message, message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from yaml import Node

    from perfreport.grading.document import Document
    from perfreport.model.grade import TestKind
    from perfreport.model.load import Tags

_KEYS = (
    "metric",
    "stat",
    "where",
    "phase",
    "only_successful",
    "pass",
    "warning",
    "warning_margin",
    "collapse",
    "on_missing",
    "title",
)
UPPER = frozenset({Operator.LT, Operator.LE})
LOWER = frozenset({Operator.GT, Operator.GE})


def read_objective(document: Document, node: Node, kind: TestKind | None) -> Objective | None:
    """Read one objective; None where its mistakes leave nothing to grade by."""
    found = document.mapping(node, _KEYS)
    if not found:
        return None
    metric = _metric(document, document.require(node, found, "metric"))
    pass_node = document.require(node, found, "pass")
    where = _where(document, found.get("where"))
    phase = document.text(found.get("phase")) or default_phase(kind)
    on_missing = document.choice(found.get("on_missing"), OnMissing)
    title = read_title(document, found.get("title"))
    successful = document.flag(found.get("only_successful"))
    stat = _stat(document, metric, found.get("stat"), node) if metric else None
    # Without a known statistic the limits are still read, so that their mistakes show as well.
    limit = read_limit(document, pass_node, metric.unit_of(stat) if metric and stat else None)
    warning = _warning(document, found, limit)
    collapse = _collapse(document, found.get("collapse"), limit, phase)
    if metric is None or stat is None or limit is None:
        return None
    selector = Selector(metric.same_as or metric.name, stat, where, phase, successful)
    return Objective(
        id=objective_id(selector),
        selector=selector,
        unit=limit.unit,
        target=limit.bounds,
        warning=warning,
        collapse=collapse,
        on_missing=on_missing or OnMissing.FAIL,
        title=title or objective_title(selector),
        place=document.place(node),
    )


def _metric(document: Document, node: Node | None) -> MetricSpec | None:
    name = document.text(node)
    if node is None or name is None:
        return None
    found = find_metric(name)
    if found is None:
        near = alike(name)
        document.report(
            node,
            message("thresholds.metric-unknown", metric=name),
            message("thresholds.mend-did-you-mean", name=near)
            if near
            else message("thresholds.mend-metric"),
        )
    return found


def _stat(document: Document, metric: MetricSpec, node: Node | None, objective: Node) -> str | None:
    written = document.text(node)
    known = ", ".join((*metric.stats, *(("p(95)",) if metric.allows("p(95)") else ())))
    if node is None:
        if metric.usual_stat is None:
            document.report(
                objective,
                message("thresholds.stat-missing", metric=metric.name),
                message("thresholds.mend-stat", stats=known),
            )
        return metric.usual_stat
    if written is None:
        return None
    stat = written.replace(" ", "")
    if metric.allows(stat):
        return stat
    document.report(
        node,
        message("thresholds.stat-unknown", metric=metric.name, stat=written),
        message("thresholds.mend-stat", stats=known),
    )
    return None


def _where(document: Document, node: Node | None) -> Tags:
    if node is None:
        return ()
    tags: list[tuple[str, str]] = []
    for key, value in document.mapping(node, ()).items():
        text = document.text(value)
        if text is None:
            continue
        if text.count("[") > text.count("]"):
            document.report(
                value,
                message("thresholds.glob-broken", glob=text),
                message("thresholds.mend-glob"),
            )
        tags.append((key, text))
    return tuple(sorted(tags))


def read_limit(document: Document, node: Node | None, unit: Unit | None) -> Limit | None:
    """Read a limit of a metric in base unit `unit` (None: the limit tells the dimension)."""
    text = document.text(node)
    if node is None or text is None:
        return None
    parsed = parse_limit(text, unit)
    if isinstance(parsed, Mistake):
        document.report(node, parsed.what, parsed.mend)
        return None
    if unit is Unit.RATIO and any(abs(bound.limit) > 1 for bound in parsed.bounds):
        document.report(
            node,
            message("thresholds.ratio-above-one", text=text),
            message("thresholds.mend-ratio"),
        )
    return parsed


def _warning(document: Document, found: dict[str, Node], limit: Limit | None) -> tuple[Bound, ...]:
    node, margin_node = found.get("warning"), found.get("warning_margin")
    if node is not None and margin_node is not None:
        document.report(
            margin_node,
            message("thresholds.warning-twice"),
            message("thresholds.mend-warning-twice"),
        )
        return ()
    if limit is None:
        return ()
    if margin_node is not None:
        return _margin(document, margin_node, limit)
    warning = read_limit(document, node, limit.unit)
    if node is None or warning is None:
        return ()
    if not _is_looser(warning.bounds, limit.bounds):
        document.report(
            node,
            message(
                "thresholds.warning-wrong-side",
                warning=warning.bounds[0].text,
                target=limit.bounds[0].text,
            ),
            message("thresholds.mend-warning-side"),
        )
    return warning.bounds


def _margin(document: Document, node: Node, limit: Limit) -> tuple[Bound, ...]:
    text = document.text(node)
    share = parse_margin(text) if text else None
    if text and not share:
        document.report(
            node,
            message("thresholds.margin-malformed", text=text),
            message("thresholds.mend-margin"),
        )
    if not share:
        return ()
    comparable = all(bound.operator in UPPER | LOWER for bound in limit.bounds)
    if not comparable or any(bound.limit == 0 for bound in limit.bounds):
        document.report(
            node,
            message("thresholds.margin-of-nothing", target=limit.bounds[0].text),
            message("thresholds.mend-margin-of-nothing"),
        )
        return ()
    return widened(limit.bounds, share)


def _collapse(
    document: Document, node: Node | None, limit: Limit | None, phase: str
) -> tuple[Bound, ...]:
    if node is not None and phase != STAGE:
        document.report(
            node,
            message("thresholds.collapse-without-stage"),
            message("thresholds.mend-collapse-stage"),
        )
    collapse = read_limit(document, node, limit.unit) if limit else None
    if node is None or limit is None or collapse is None:
        return ()
    sides = {bound.operator in UPPER for bound in limit.bounds}
    opposite = all(
        bound.operator in UPPER | LOWER and (bound.operator in UPPER) not in sides
        for bound in collapse.bounds
    )
    if len(sides) == 1 and not opposite:
        document.report(
            node,
            message(
                "thresholds.collapse-wrong-side",
                collapse=collapse.bounds[0].text,
                target=limit.bounds[0].text,
            ),
            message("thresholds.mend-collapse-side"),
        )
    return collapse.bounds


def _is_looser(warning: tuple[Bound, ...], target: tuple[Bound, ...]) -> bool:
    """Whether every value that meets the target meets the warning limit, and some more do."""
    if len(warning) != len(target):
        return False
    looser = []
    for warn, want in zip(warning, target, strict=True):
        if want.operator in UPPER and warn.operator in UPPER:
            looser.append(warn.limit - want.limit)
        elif want.operator in LOWER and warn.operator in LOWER:
            looser.append(want.limit - warn.limit)
        else:
            return want.operator is Operator.EQ
    return min(looser) >= 0 and max(looser) > 0


def read_title(document: Document, node: Node | None) -> Message | None:
    """Read a title: one text, or one per language."""
    from yaml import MappingNode

    if node is None:
        return None
    if not isinstance(node, MappingNode):
        text = document.text(node)
        return given_text(text, text) if text else None
    found = document.mapping(node, ("ko", "en"))
    ko, en = document.text(found.get("ko")), document.text(found.get("en"))
    return given_text(ko or en or "", en or ko or "") if ko or en else None
