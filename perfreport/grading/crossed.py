"""What k6 itself said of its thresholds where no summary tells: console log and exit code.

A threshold can be lost to us with the file or the metric that carried it. That k6 failed is then
still known, and counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading.expression import split_name
from perfreport.grading.naming import objective_title
from perfreport.model.grade import Objective
from perfreport.model.load import ConsoleLog, ExitStatus
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.model.load import Tags
    from perfreport.model.run import TestRun

CROSSED = 99  # k6's exit code for crossed thresholds
_BETWEEN_NAMES = re.compile(r",\s*(?![^{]*\})")


def with_k6s_word(
    run: TestRun, objectives: dict[tuple[str, Tags], list[Objective]]
) -> tuple[Objective, ...]:
    """Return the script's objectives with what console log and exit code add to them.

    A crossed metric with one threshold: that one failed. One that no threshold is known of, or an
    exit code that nothing else explains, becomes an objective of its own, failed by k6.
    """
    found = {key: list(own) for key, own in objectives.items()}
    named = _crossed_names(run)
    for key in named:
        own = found.setdefault(key, [])
        if not own:
            own.append(_of_metric(*key))
        elif len(own) == 1:
            own[0] = replace(own[0], script_verdict=False)
    told = [one for own in found.values() for one in own]
    explained = bool(named) or any(one.script_verdict is False for one in told)
    if not explained and any(status.code == CROSSED for status in run.of(ExitStatus)):
        told.append(_of_run())
    return tuple(told)


def _crossed_names(run: TestRun) -> tuple[tuple[str, Tags], ...]:
    names: dict[tuple[str, Tags], None] = {}
    for console in run.of(ConsoleLog):
        for name in _BETWEEN_NAMES.split((console.crossed_thresholds or "").strip("' ")):
            if name.strip():
                names[split_name(name)] = None
    return tuple(names)


def _of_metric(metric: str, tags: Tags) -> Objective:
    selector = Selector(metric, "count", tags)
    return Objective(
        id=f"{metric} crossed",
        selector=selector,
        unit=Unit.COUNT,
        target=(),
        title=objective_title(selector),
        origin="script",
        script_verdict=False,
    )


def _of_run() -> Objective:
    return Objective(
        id="k6 thresholds",
        selector=Selector("checks", "count"),
        unit=Unit.COUNT,
        target=(),
        title=message("objective.k6-thresholds", code=CROSSED),
        origin="script",
        script_verdict=False,
    )
