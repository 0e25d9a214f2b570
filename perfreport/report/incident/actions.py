"""What to do first: hold the load, look, mend; and what not to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import Incident, incidents, judged, now, unexplained
from perfreport.report.phrases import name_of, phase_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.message import Message


def _build(story: Story) -> Sequence[Block]:
    held = [said for test in judged(story) if (said := _held(test)) is not None]
    blocks: list[Block] = [Bullets(tuple(held))] if held else []
    if incidents(story):
        blocks.append(Paragraph((message("incident.actions.recovered"),)))
    return blocks


def _sections(story: Story) -> Sequence[Section]:
    found = [_section(one, place) for place, one in enumerate(incidents(story), start=1)]
    open_ones = [
        Bullet(one.summary, message("report.listed", items=(name_of(test.grade), one.title)))
        for test, one in unexplained(story)
    ]
    if open_ones:
        blocks = (Paragraph((message("incident.actions.open"),)), Bullets(tuple(open_ones)))
        title = message("incident.actions.unexplained")
        found.append(Section("open", title, Style.PLAIN, blocks))
    return tuple(found)


def _held(test: TestAnalysis) -> Bullet | None:
    """Say down to which throughput the load must come; None where the test did not break."""
    point = test.grade.breaking_point
    if point is None or point.phase is None or point.last_good is None:
        return None
    part = test.measurements.slice_of(point.last_good)
    if part is None:
        return None
    said = message(
        "incident.actions.hold",
        rate=Quantity(part.throughput, Unit.PER_SECOND),
        stage=phase_name(test.phases, point.last_good),
    )
    return Bullet(said, name_of(test.grade))


def _section(one: Incident, place: int) -> Section:
    title = message(
        "incident.actions.of", number=place, title=one.cause.title, test=name_of(one.test.grade)
    )
    steps = Bullets(tuple(_steps(one)), numbered=True)
    below = [
        Section(f"check {place} {nth}", message("incident.actions.look"), Style.LABEL, (check,))
        for nth, check in enumerate(one.cause.checks)
    ]
    useless = tuple(
        Bullet(entry.said) for entry in one.test.advice.futile if entry.finding == one.cause.rule
    )
    if useless:
        label = message("incident.actions.useless")
        below.append(Section(f"useless {place}", label, Style.LABEL, (Bullets(useless),)))
    return Section(f"action-{place}", title, Style.PLAIN, (steps,), tuple(below))


def _steps(one: Incident) -> Iterator[Bullet]:
    """Yield how to recognise it, what to change at once and how to see that it helped."""
    yield _labelled("recognise", one.cause.summary)
    remedies = now(one)
    for remedy in remedies:
        risk = message("incident.actions.risk", said=remedy.risk)
        yield Bullet(remedy.change, remedy.title, (risk,))
    if not remedies:
        lasting = one.remedies(Horizon.MID, Horizon.LONG)
        said = message("incident.actions.no-quick")
        titles = tuple(entry.title for entry in lasting)
        details = (message("incident.actions.lasting", titles=titles),) if titles else ()
        yield _labelled("mend", said, *details)
    for remedy in remedies:
        yield _labelled("verify", remedy.verification)


def _labelled(label: str, said: Message, *details: Message) -> Bullet:
    return Bullet(said, message(f"incident.label.{label}"), details)


PLUGIN = Part(
    "actions", None, 40, message("incident.actions.title"), Style.NUMBERED, _build, _sections
)
