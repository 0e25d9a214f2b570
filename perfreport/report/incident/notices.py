"""What to tell those affected, as far as the measured values tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Paragraph, Section, Style
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.report._spec import Part, Story
from perfreport.report.incident._causes import incidents, now
from perfreport.report.phrases import every_grade, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.message import Message

_FAILING = 0.01
_MOST = 3
_FELT = {"errors-surge": "errors", "latency-degraded": "slow"}


def _sections(story: Story) -> Sequence[Section]:
    tests = dict.fromkeys(name_of(one.test.grade) for one in incidents(story))
    sections = []
    for place, name in enumerate(tests, start=1):
        mine = [one for one in incidents(story) if name_of(one.test.grade) == name]
        items = [Bullet(one, message("incident.notice.first")) for one in _first(mine[0].test)]
        changes = tuple(remedy.title for one in mine for remedy in now(one))
        said = (
            message("incident.notice.changing", changes=changes)
            if changes
            else message("incident.notice.working")
        )
        items.append(Bullet(said, message("incident.notice.update")))
        items.append(Bullet(message("incident.notice.mended"), message("incident.notice.last")))
        sections.append(Section(f"notice-{place}", name, Style.LABEL, (Bullets(tuple(items)),)))
    return tuple(sections)


def _first(test: TestAnalysis) -> Iterator[Message]:
    """Yield what users meet, by the endpoints that show it."""
    whole = [
        part
        for part in test.measurements.slices
        if part.phase == WHOLE_RUN and part.scenario is None and part.endpoint is not None
    ]
    failing = sorted(
        (part for part in whole if (part.error_rate or 0.0) >= _FAILING),
        key=lambda part: (-(part.error_rate or 0.0), part.endpoint or ""),
    )
    limit = _limit(test)
    slow = sorted(
        (
            part
            for part in whole
            if part not in failing and limit is not None and (part.latency.p95 or 0.0) > limit
        ),
        key=lambda part: (-(part.latency.p95 or 0.0), part.endpoint or ""),
    )
    felt = [one.rule for one in test.diagnosis.findings if one.rule in _FELT]
    for kind, parts in (("errors", failing), ("slow", slow)):
        if parts:
            names = tuple(part.endpoint or "" for part in parts[:_MOST])
            yield message(f"incident.notice.{kind}", endpoints=names)
    if not failing and not slow:
        key = next((_FELT[rule] for rule in felt), "delayed")
        yield message(f"incident.notice.{key}-somewhere")


def _limit(test: TestAnalysis) -> float | None:
    """Return the strictest target on p95 over all requests."""
    limits = [
        bound.limit
        for grade in every_grade(test)
        for bound in grade.objective.target
        if grade.objective.selector.metric == "http_req_duration"
        and grade.objective.selector.stat == "p(95)"
        and not grade.objective.selector.where
    ]
    return min(limits, default=None)


PLUGIN = Part(
    "notices",
    None,
    70,
    message("incident.notice.title"),
    Style.NUMBERED,
    lambda story: (Paragraph((message("incident.notice.intro"),)),) if incidents(story) else (),
    _sections,
)
