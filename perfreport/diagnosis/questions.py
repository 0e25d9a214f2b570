"""What is still open: symptoms without a cause, and the data that would decide between causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.graph import path
from perfreport.diagnosis.settle import SYMPTOM_RULES
from perfreport.model.finding import Role

if TYPE_CHECKING:
    from perfreport.model.analysis import Diagnosis
    from perfreport.model.finding import Finding
    from perfreport.model.message import Message


def unexplained(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Symptoms that no cause was found for."""
    return tuple(
        one for one in diagnosis.findings if one.role is Role.SYMPTOM and not one.caused_by
    )


def deciding(diagnosis: Diagnosis) -> tuple[Message, ...]:
    """What the rules that could explain an unexplained symptom were lacking, each once."""
    open_symptoms = [one.rule for one in unexplained(diagnosis)]
    return tuple(
        dict.fromkeys(
            need
            for skipped in diagnosis.not_evaluated
            if skipped.rule not in SYMPTOM_RULES
            if any(path(skipped.rule, rule, SYMPTOM_RULES) is not None for rule in open_symptoms)
            for need in skipped.needs
        )
    )
