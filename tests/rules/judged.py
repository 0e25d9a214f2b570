"""Ask one rule about one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.registry import discover
from perfreport.rules import Case, Rule, evaluate
from perfreport.validity import assess, rules

if TYPE_CHECKING:
    from perfreport.model.finding import Finding
    from perfreport.model.validity import Validity
    from tests.rules.made import Made

RULES = {rule.id: rule for rule in discover(rules, Rule)}


def findings(rule: str, case: Case | Made) -> tuple[Finding, ...]:
    """What the rule finds; it must have been evaluated, and not have failed."""
    found, skipped, errors = evaluate([RULES[rule]], _case(case))
    assert errors == ()
    assert skipped == ()
    return found


def missing(rule: str, case: Case | Made) -> tuple[str, ...]:
    """Keys of what the rule lacks; it must not have been evaluated."""
    found, skipped, errors = evaluate([RULES[rule]], _case(case))
    assert errors == ()
    assert found == ()
    (entry,) = skipped
    return tuple(need.key for need in entry.needs)


def level(rule: str, case: Case | Made) -> str:
    """Effect of the rule's only finding."""
    (finding,) = findings(rule, case)
    assert finding.validity is not None
    return finding.validity.value


def figure(finding: Finding, name: str) -> object:
    """A parameter of the finding's summary."""
    value = dict(finding.summary.params)[name]
    return getattr(value, "value", value)


def assessed(case: Case | Made) -> Validity:
    case = _case(case)
    return assess(case.run, case.phases, case.measurements)


def _case(case: Case | Made) -> Case:
    return case if isinstance(case, Case) else case.case()
