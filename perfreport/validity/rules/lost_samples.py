"""k6 says that it could not write some of its samples.

Symptom: "Sample(s) couldn't be marshalled to JSON" in k6's console log.
Why it hurts: the statistics of that metric are computed without its most extreme values.
How detected: k6's own count in the console log. It concerns the script's own metrics, as k6's
timings are never infinite, so the run stays usable, but it is questionable.
False positives: none; k6 counts what it refused.
Reference: k6 2.x drops samples of Infinity, which k6 1.x wrote as invalid JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog
from perfreport.model.message import message
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, figures, line_of
from perfreport.validity._needs import CONSOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.rules import Case


def detect(case: Case) -> Iterator[Finding]:
    """Report what k6 could not write."""
    console = case.run.one(ConsoleLog)
    if console is None or not console.lost_samples:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE,
        title=message("findings.lost-samples.title"),
        summary=message("findings.lost-samples.summary", count=console.lost_samples),
        effect=message("findings.lost-samples.effect"),
        evidence=(
            figures((
                message("validity.label.lost-samples"),
                console.lost_samples,
                line_of(console),
            )),
        ),
        remedies=(message("findings.lost-samples.remedy"),),
    )


PLUGIN = Rule("lost-samples", Category.VALIDITY, (CONSOLE,), detect)
