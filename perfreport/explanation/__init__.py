"""Explain a finding of a saved report: the raw samples and lines behind each of its figures.

Every figure is computed again from the files the report names; what differs is said.
"""

from __future__ import annotations

from perfreport.explanation.account import Account, Recomputed, Verification
from perfreport.explanation.finding import explain

__all__ = ["Account", "Recomputed", "Verification", "explain"]
