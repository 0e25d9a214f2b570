"""Which files belong to which test where a campaign says so: by its patterns, not by content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.errors import InputError
from perfreport.model.message import message
from perfreport.model.run import TestRun
from perfreport.model.source import Problem
from perfreport.sources._runs import Joined, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.campaign import Campaign
    from perfreport.sources._ingest import Part
    from perfreport.sources._paths import Found


def listed(found: Found, campaign: Campaign) -> Found:
    """Leave out what no test asks for, and say so.

    Raises:
        InputError: a pattern matches no file.
    """
    names = [place.name for place in found.places]
    for pattern in (*campaign.shared, *(one for test in campaign.tests for one in test.files)):
        if not any(pattern.matches(name) for name in names):
            said = message("campaign.no-file", place=pattern.place, pattern=pattern.text)
            raise InputError(said, message("campaign.hint-no-file"))
    used = {campaign.path.resolve(), *(path.resolve() for path in campaign.thresholds)}
    kept = tuple(place for place in found.places if campaign.lists(place.name))
    left = [
        place.name
        for place in found.places
        if not campaign.lists(place.name) and place.path.resolve() not in used
    ]
    if not left:
        return replace(found, places=kept)
    said = message("problem.not-in-campaign", count=len(left), first=left[0])
    problem = Problem(campaign.path.name, said, count=len(left))
    return replace(found, places=kept, problems=(*found.problems, problem))


def join_planned(parts: Sequence[Part], campaign: Campaign) -> Joined:
    """Group the parts as planned; a test without any file is a run of nothing."""
    runs: list[TestRun] = []
    known: dict[tuple[str, tuple[int, int] | None], Part] = {}
    problems: list[Problem] = []
    for test in campaign.tests:
        patterns = (*campaign.shared, *test.files)
        own = [part for part in parts if any(one.matches(part.ref.path) for one in patterns)]
        joined = join(own, test.test_id)
        known |= {(part.ref.path, part.ref.lines): part for part in joined.parts}
        problems += joined.problems
        alone = len(joined.runs) < 2
        found = joined.runs or (TestRun(test.test_id, (), ()),)
        runs += [
            replace(run, label=test.test_id if alone else run.label, facts=(*run.facts, test))
            for run in found
        ]
    return Joined(tuple(runs), tuple(known.values()), tuple(dict.fromkeys(problems)))
