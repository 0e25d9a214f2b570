"""What the three horizons of improvements share: who asks for what, each change once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid, Section, Style
from perfreport.model.message import Message, message
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.advice import Horizon, Recommendation
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.report._spec import Story

_OF_THE_TEST = frozenset({"fix-test"})  # its row in the table says it all
Entry = tuple["Recommendation", tuple["TestAnalysis", ...]]


def entries(story: Story, horizon: Horizon) -> list[Entry]:
    """Recommendations of a horizon by priority; what several tests ask for stands once."""
    asked: dict[tuple[str, str, str | None, Message, str | None], list[TestAnalysis]] = {}
    first: dict[tuple[str, str, str | None, Message, str | None], Recommendation] = {}
    for test in story.tests:
        for one in test.advice.recommendations:
            if one.horizon is horizon:
                key = (one.remedy, one.finding, one.subject, one.change, one.diff)
                asked.setdefault(key, []).append(test)
                known = first.setdefault(key, one)
                if one.priority.value < known.priority.value:
                    first[key] = one
    found = [(first[key], tuple(tests)) for key, tests in asked.items()]
    return sorted(found, key=lambda pair: pair[0].priority.value)


def overview(found: Sequence[Entry]) -> Grid:
    """The table: improvement, change, expected effect, priority."""
    headings = ("improvement", "change", "effect", "priority")
    return Grid(
        tuple(message(f"advice.label.{name}") for name in headings),
        tuple(
            (
                one.title,
                one.change,
                one.effect,
                message("report.listed", items=(one.priority.value,)),
            )
            for one, _ in found
        ),
    )


def details(found: Sequence[Entry], *, whole: bool) -> tuple[Section, ...]:
    """One section per change of the system; change and effect only where no table has them."""
    of_system = [(one, tests) for one, tests in found if one.remedy not in _OF_THE_TEST]
    return tuple(
        Section(
            f"improvement {one.remedy} {one.finding} {place}",
            message("advice.numbered", number=place, title=one.title),
            Style.PLAIN,
            tuple(_blocks(one, tests, whole=whole)),
            tuple(
                Section(f"example {one.remedy} {nth}", block.title, Style.LABEL, (block,))
                for nth, block in enumerate(one.examples)
            ),
        )
        for place, (one, tests) in enumerate(of_system, start=1)
    )


def _blocks(one: Recommendation, tests: Sequence[TestAnalysis], *, whole: bool) -> Iterator[Block]:
    said: list[tuple[str, Message]] = []
    if whole:
        said += [("change", one.change), ("effect", one.effect)]
    said += [
        ("cause", _cause(one, tests)),
        ("risk", one.risk),
        ("effort", message(f"advice.effort.{one.effort.value}")),
        ("rollback", one.rollback),
        ("verification", one.verification),
    ]
    items = [Bullet(text, message(f"advice.label.{name}")) for name, text in said]
    if one.notes:
        items.append(Bullet(one.notes[0], message("advice.label.note"), one.notes[1:]))
    yield Bullets(tuple(items))


def _cause(one: Recommendation, tests: Sequence[TestAnalysis]) -> Message:
    titles = [
        finding.title
        for finding in (*tests[0].diagnosis.findings, *tests[0].validity.findings)
        if finding.rule == one.finding
    ]
    finding = titles[0] if titles else message("report.as-code", text=one.finding)
    names = tuple(name_of(test.grade) for test in tests)
    return message("advice.cause", finding=finding, test=message("report.listed", items=names))
