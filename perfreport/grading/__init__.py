"""Hold the measurements against the targets: thresholds files, objectives, verdicts, the gate."""

from __future__ import annotations

from perfreport.grading.asking import questions
from perfreport.grading.campaign import load_campaign
from perfreport.grading.document import Diagnostic
from perfreport.grading.gate import gate
from perfreport.grading.judgement import grade
from perfreport.grading.specification import specify
from perfreport.grading.thresholds import Thresholds, check_thresholds, load_thresholds

__all__ = [
    "Diagnostic",
    "Thresholds",
    "check_thresholds",
    "gate",
    "grade",
    "load_campaign",
    "load_thresholds",
    "questions",
    "specify",
]
