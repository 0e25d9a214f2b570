"""Assemble the Report: the only place that decides what is shown."""

from perfreport.report.build import build

__all__ = ["build"]
