"""A rule is whole or it is red: cases, an explanation, and words in every language."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.diagnosis import rules as diagnosis_rules
from perfreport.registry import discover
from perfreport.render.i18n import Catalogue, languages
from perfreport.rules import Rule
from perfreport.validity import rules as validity_rules

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGES = (validity_rules, diagnosis_rules)
MODULES = sorted(
    f"{package.__name__}.{found.name}"
    for package in PACKAGES
    for found in pkgutil.iter_modules(package.__path__)
    if not found.name.startswith("_")
)
PARTS = ("Symptom:", "Why it hurts:", "How detected:", "False positives:", "Reference:")
CASES = ("test_fires", "test_silent", "test_not_evaluated")


def _id(module: str) -> str:
    return module.rsplit(".", 1)[-1].replace("_", "-")


def _whole(prefix: str) -> set[str]:
    return {f"{prefix}title", f"{prefix}remedy"}


def _source(module: str) -> str:
    return (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_rules_are_found(package: ModuleType) -> None:
    for rule in discover(package, Rule):
        assert rule.needs, f"{rule.id} says nothing of what it needs"


def test_ids_are_unique() -> None:
    assert len({_id(module) for module in MODULES}) == len(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_explains_itself(module: str) -> None:
    said = importlib.import_module(module).__doc__ or ""
    places = [said.find(part) for part in PARTS]
    assert -1 not in places, [part for part in PARTS if part not in said]
    assert places == sorted(places), "the parts stand in the order of the others"


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_has_cases(module: str) -> None:
    path = ROOT / "tests" / "rules" / f"test_{module.rsplit('.', 1)[-1]}.py"
    assert path.is_file(), f"{path} is missing"
    names = [
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    for kind in CASES:
        assert any(name.startswith(kind) for name in names), f"no {kind}_… in {path.name}"


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", languages())
def test_a_rule_says_what_its_catalogue_holds(module: str, language: str) -> None:
    """No sentence is missing, and none is left over."""
    prefix = f"findings.{_id(module)}."
    source = _source(module)
    symptom = "Role.SYMPTOM" in source
    said = set(re.findall(rf'"({re.escape(prefix)}[\w.-]+)"', source))
    names_a_cause = not symptom and "Category.BOTTLENECK" in source
    if module.startswith(diagnosis_rules.__name__) and names_a_cause:
        said.add(f"{prefix}plain")  # what the summary tells a reader who knows no jargon
    known = {key for key in Catalogue(language).known() if key.startswith(prefix)}
    assert said == known
    # A symptom is mended at its cause, so it has no remedy of its own.
    own = {f"{prefix}title"} if symptom else _whole(prefix)
    assert own <= known
