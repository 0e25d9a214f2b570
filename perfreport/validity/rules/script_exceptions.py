"""The script threw exceptions.

Symptom: stack traces in k6's console log.
Why it hurts: an iteration that throws ends there, yet k6 counts it as an iteration and exits with
0. The steps after the exception were never requested, and their failures never counted.
How detected: exceptions in the console log over the iterations that ran. At least 1 % is
questionable, 10 % and more rules out a pass, below that it is a note.
False positives: exceptions in setup() or teardown() count too; they are few.
Reference: k6 documentation, "Exit codes" (an exception in an iteration does not change it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog, LoadSamples, LoadSummary
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, line_of
from perfreport.validity._needs import CONSOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.run import TestRun
    from perfreport.rules import Case

QUESTIONABLE = 0.01
INVALID = 0.10
MOST_ROWS = 5


def detect(case: Case) -> Iterator[Finding]:
    """Report the exceptions by kind."""
    console = case.run.one(ConsoleLog)
    if console is None or not console.exceptions:
        return
    thrown = sum(event.count for event in console.exceptions)
    iterations = _iterations(case.run)
    part = min(thrown / iterations, 1.0) if iterations else 1.0
    level = (
        ValidityLevel.INVALID
        if part >= INVALID
        else ValidityLevel.QUESTIONABLE
        if part >= QUESTIONABLE
        else ValidityLevel.VALID
    )
    events = sorted(console.exceptions, key=lambda event: (-event.count, event.line))
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.script-exceptions.title"),
        summary=message(
            "findings.script-exceptions.summary",
            thrown=thrown,
            iterations=round(iterations),
            share=share(part),
        ),
        effect={
            ValidityLevel.VALID: message("findings.script-exceptions.effect-valid"),
            ValidityLevel.QUESTIONABLE: message("findings.script-exceptions.effect-questionable"),
            ValidityLevel.INVALID: message("findings.script-exceptions.effect-invalid"),
        }[level],
        evidence=(
            Table(
                title=message("findings.script-exceptions.table"),
                headings=(
                    message("validity.label.exception"),
                    message("validity.label.scenario"),
                    message("validity.label.count"),
                ),
                rows=tuple(
                    (event.text, event.scenario, event.count) for event in events[:MOST_ROWS]
                ),
                provenance=tuple(line_of(console, event.line) for event in events[:MOST_ROWS]),
            ),
        ),
        remedies=(message("findings.script-exceptions.remedy"),),
    )


def _iterations(run: TestRun) -> float:
    samples = run.one(LoadSamples)
    if samples is not None:
        return float(samples.store.count("iterations"))
    for summary in run.of(LoadSummary):
        for metric in summary.metrics:
            if metric.name == "iterations":
                return dict(metric.values).get("count") or 0.0
    return 0.0


PLUGIN = Rule("script-exceptions", Category.VALIDITY, (CONSOLE,), detect)
