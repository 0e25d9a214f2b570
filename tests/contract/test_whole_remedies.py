"""A remedy is whole or it is red: it names causes that exist and has words in every language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from perfreport.advice import remedies
from perfreport.advice._spec import Remedy
from perfreport.diagnosis import rules as diagnosis_rules
from perfreport.registry import discover
from perfreport.render.i18n import Catalogue, languages
from perfreport.rules import Rule

ROOT = Path(__file__).parents[2]
KNOWN = discover(remedies, Remedy)
FIXED = {"title", "risk", "rollback", "verification"}


@pytest.mark.parametrize("remedy", KNOWN, ids=lambda remedy: remedy.id)
def test_a_remedy_addresses_rules_that_exist(remedy: Remedy) -> None:
    rules = {rule.id for rule in discover(diagnosis_rules, Rule)}
    assert remedy.addresses
    assert remedy.addresses <= rules


@pytest.mark.parametrize("remedy", KNOWN, ids=lambda remedy: remedy.id)
@pytest.mark.parametrize("language", languages())
def test_a_remedy_says_what_its_catalogue_holds(remedy: Remedy, language: str) -> None:
    module = ROOT / "perfreport" / "advice" / "remedies" / f"{remedy.id.replace('-', '_')}.py"
    source = module.read_text(encoding="utf-8")
    prefix = f"remedies.{remedy.id}."
    said = set(re.findall(rf'"{re.escape(prefix)}([\w-]+)"', source))
    known = {
        key.removeprefix(prefix) for key in Catalogue(language).known() if key.startswith(prefix)
    }
    assert known == said | FIXED
    assert ast.get_docstring(ast.parse(source))


def test_every_bottleneck_rule_that_names_a_cause_has_a_remedy() -> None:
    addressed = {rule for remedy in KNOWN for rule in remedy.addresses}
    symptoms = {
        "pool-exhausted", "http-threads-busy", "latency-degraded", "errors-surge",
        "throughput-saturated", "kafka-lag-surge", "requests-timed-out",
    }  # fmt: skip
    causes = {rule.id for rule in discover(diagnosis_rules, Rule)} - symptoms
    assert causes <= addressed
