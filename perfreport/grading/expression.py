"""k6's threshold grammar, verbatim, and which aggregation each metric type allows.

::

    assertion           -> aggregation_method whitespace* operator whitespace* float
    aggregation_method  -> trend | rate | gauge | counter
    counter             -> "count" | "rate"
    gauge               -> "value"
    rate                -> "rate"
    trend               -> "avg" | "min" | "max" | "med" | percentile
    percentile          -> "p(" float ")"
    operator            -> ">" | ">=" | "<=" | "<" | "==" | "===" | "!="
    float               -> digit+ ("." digit+)?
    whitespace          -> " "

k6 reads the float with Go's `ParseFloat`, so signs and exponents pass too. Numbers keep k6's
unit: milliseconds where the metric is declared as `time`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.grading.catalogue import percentile
from perfreport.model.grade import Operator
from perfreport.model.load import MetricType

if TYPE_CHECKING:
    from perfreport.model.load import Tags

_ASSERTION = re.compile(
    r"""\s*(?P<stat>avg|min|max|med|count|rate|value|p\(\s*\d+(?:\.\d+)?\s*\))
        \s*(?P<operator><=|<|>=|>|===|==|!=)
        \s*(?P<limit>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*""",
    re.VERBOSE,
)
_LEGAL = {
    MetricType.COUNTER: frozenset({"count", "rate"}),
    MetricType.GAUGE: frozenset({"value"}),
    MetricType.RATE: frozenset({"rate"}),
    MetricType.TREND: frozenset({"avg", "min", "max", "med"}),
}


@dataclass(frozen=True, slots=True)
class Assertion:
    """A parsed threshold: `limit` in k6's own unit, `stat` spelled without spaces."""

    stat: str
    operator: Operator
    limit: float

    def legal_for(self, kind: MetricType) -> bool:
        """Whether k6 accepts this aggregation for a metric of that type."""
        if percentile(self.stat) is not None:
            return kind is MetricType.TREND
        return self.stat in _LEGAL[kind]


def parse(expression: str) -> Assertion | None:
    """Parse `p(95)<500`; None where k6 would reject it as malformed."""
    found = _ASSERTION.fullmatch(expression)
    if found is None:
        return None
    stat = found["stat"].replace(" ", "")
    if stat.startswith("p(") and percentile(stat) is None:
        return None
    operator = found["operator"]
    return Assertion(stat, Operator("==" if operator == "===" else operator), float(found["limit"]))


def split_name(spelling: str) -> tuple[str, Tags]:
    """Take `metric{key:value, "key" : "value"}` apart as k6 does: any spaces, any quotes.

    A value may hold colons (`group:::order`), never a comma. Tags come sorted by key.
    """
    name, brace, inside = spelling.partition("{")
    if not brace:
        return name.strip(), ()
    tags: list[tuple[str, str]] = []
    for part in inside.strip().removesuffix("}").split(","):
        key, _, value = part.partition(":")
        if key.strip():
            tags.append((_bare(key), _bare(value)))
    return name.strip(), tuple(sorted(tags))


def _bare(text: str) -> str:
    return text.strip().strip("\"'")
