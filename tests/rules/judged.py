"""Ask one rule about one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import KeyValues, Table
from perfreport.model.message import Message
from perfreport.registry import discover
from perfreport.render.i18n import Catalogue, languages
from perfreport.rules import Case, Rule, evaluate
from perfreport.validity import assess, rules

if TYPE_CHECKING:
    from perfreport.model.finding import Evidence, Finding
    from perfreport.model.validity import Validity
    from tests.rules.made import Made

CATALOGUES = tuple(Catalogue(language) for language in languages())
RULES = {rule.id: rule for rule in discover(rules, Rule)}


def findings(rule: str, case: Case | Made) -> tuple[Finding, ...]:
    """What the rule finds; it must have been evaluated, and not have failed."""
    found, skipped, errors = evaluate([RULES[rule]], _case(case))
    assert errors == ()
    assert skipped == ()
    for finding in found:
        _say(finding)
    return found


def _say(finding: Finding) -> None:
    """Every sentence of a finding fits its parameters, in every language."""
    assert finding.effect is not None
    assert finding.evidence
    for catalogue in CATALOGUES:
        for said in (finding.title, finding.summary, finding.effect, *finding.remedies):
            assert catalogue.text(said)
        for cell in (cell for block in finding.evidence for cell in _cells(block)):
            if isinstance(cell, Message):
                assert catalogue.text(cell)


def _cells(block: Evidence) -> tuple[object, ...]:
    match block:
        case KeyValues():
            return (
                block.title,
                *(cell for label, value, _ in block.rows for cell in (label, value)),
            )
        case Table():
            assert all(len(row) == len(block.headings) for row in block.rows)
            return (block.title, *block.headings, *(cell for row in block.rows for cell in row))
        case _:
            return (block.title,)


def missing(rule: str, case: Case | Made) -> tuple[str, ...]:
    """Keys of what the rule lacks; it must not have been evaluated."""
    found, skipped, errors = evaluate([RULES[rule]], _case(case))
    assert errors == ()
    assert found == ()
    (entry,) = skipped
    for catalogue in CATALOGUES:
        assert all(catalogue.text(need) for need in entry.needs)
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
