"""The 5 Whys: from what users feel, down the edges the run supports, to the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.graph import walks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.finding import Finding
    from perfreport.model.message import Message

# What users feel, worst first: where the questions begin.
FELT = ("latency-degraded", "errors-surge", "throughput-saturated")
_MOST = 5


def five_whys(cause: Finding, symptoms: Sequence[Finding]) -> tuple[Message, ...]:
    """Answers from the first felt symptom down to the cause's own, at most five, none twice.

    Only symptoms attributed to this cause are steps; one that was not seen is no step.
    """
    own = [one for one in symptoms if cause.rule in one.caused_by]
    by_rule = {one.rule: one for one in own}
    felt = [rule for rule in FELT if rule in by_rule]
    # One that set in at some moment tells more than one that was merely past its target.
    start = next((rule for rule in felt if by_rule[rule].onset_ns is not None), None)
    start = start or next(iter(felt), None)
    if start is None:
        start = next((one.rule for one in own), None)
    between = frozenset(by_rule) - frozenset(FELT)
    found = walks(cause.rule, start, between) if start is not None else ()
    # The longest walk leaves out nothing that was seen on the way.
    longest = max(found, key=len, default=(cause.rule,))
    down = [by_rule[rule].summary for rule in reversed(longest) if rule in by_rule]
    if start is not None and not down:  # a step on the way was not seen: begin at the end
        down = [by_rule[start].summary]
    answers = list(dict.fromkeys(cause.whys or (cause.summary,)))
    kept = down if len(down) + len(answers) <= _MOST else down[: max(1, _MOST - len(answers))]
    return tuple(dict.fromkeys((*kept, *answers)))[:_MOST]
