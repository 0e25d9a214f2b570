"""What limited the system in this test: each cause with its symptoms, figures and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.chain import FELT
from perfreport.diagnosis.questions import deciding
from perfreport.model.document import Bullet, Bullets, Grid, Paragraph
from perfreport.model.finding import Category, KeyValues, Role
from perfreport.model.message import message
from perfreport.report._spec import ChapterSection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Finding
    from perfreport.model.message import Message


def _build(test: TestAnalysis) -> Sequence[Block]:
    findings = test.diagnosis.findings
    causes = [
        one for one in findings if one.category is Category.BOTTLENECK and one.role is Role.CAUSE
    ]
    symptoms = [one for one in findings if one.role is Role.SYMPTOM]
    if causes:
        return tuple(block for cause in causes for block in _cause(cause, symptoms))
    return tuple(_open(test, symptoms))


def _cause(cause: Finding, symptoms: Sequence[Finding]) -> Iterator[Block]:
    own = [one for one in symptoms if cause.rule in one.caused_by]
    felt = [one for one in own if one.rule in FELT]
    inner = [one for one in own if one.rule not in FELT]
    answers = {one.summary for one in own}
    grounds = [why for why in cause.whys if why not in answers and why != cause.summary]
    items = [
        Bullet(cause.summary, label=cause.title),
        _listed("grounds", grounds),
        _listed("symptoms", [one.summary for one in inner]),
        _listed("effect", [one.summary for one in felt]),
    ]
    yield Bullets(tuple(item for item in items if item is not None))
    headings = (message("diagnosis.figures"), message("column.value"))
    for block in cause.evidence:
        if isinstance(block, KeyValues) and block.rows:
            yield Grid(headings, tuple((name, value) for name, value, _ in block.rows))
    yield from cause.checks


def _listed(kind: str, sentences: Sequence[Message]) -> Bullet | None:
    if not sentences:
        return None
    label = message(f"chapter.bottlenecks.{kind}")
    return Bullet(sentences[0], label, tuple(sentences[1:]))


def _open(test: TestAnalysis, symptoms: Sequence[Finding]) -> Iterator[Block]:
    """Say what was seen and what would decide, where no cause stands."""
    if not symptoms:
        return
    yield Paragraph((message("chapter.bottlenecks.open", count=len(symptoms)),))
    yield Bullets(tuple(Bullet(one.summary, label=one.title) for one in symptoms))
    needs = deciding(test.diagnosis)
    if needs:
        yield Paragraph((message("chapter.bottlenecks.deciding"),))
        yield Bullets(tuple(Bullet(need) for need in needs))


PLUGIN = ChapterSection("bottlenecks", 800, message("chapter.bottlenecks.title"), _build)
