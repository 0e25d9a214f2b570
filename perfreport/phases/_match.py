"""Did the planned load run? The plan beside a run may belong to other options or environment.

An arrival rate is a schedule: the iterations due by any moment are known to one or two. More of
them than planned means another plan ran; fewer may also be lost samples, so only windows that
are slower throughout, not empty ones, speak against the plan, and not those that lack no more
iterations than were still running when the test ended. VU executors are held against the
gauge: VUs may linger after a ramp down, but never exceed what was planned until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Floats
    from perfreport.phases._observed import ObservedLoad, ObservedScenario
    from perfreport.phases._plan import Curve

SLACK = 0.3  # seconds an iteration may be early or late
SURPLUS = 0.03  # share of the planned iterations
SURPLUS_COUNT = 2.0
EMPTY = 0.15  # a window with less than this share of its iterations is a gap, not another pace
PACE = 0.15  # windows may differ by this share
ODD_WINDOWS = 0.15  # share of the planned iterations in windows of another pace
ODD_TICKS = 0.15  # share of the gauge ticks out of the planned range
FEWEST_TICKS = 3
DUE_PER_WINDOW = 10.0
LINGER = 30.0  # seconds: k6's default gracefulRampDown


def fits(observed: ObservedLoad, parts: Sequence[Curve], zero: float) -> bool | None:
    """Hold every scenario of the plan against the samples, up to where the samples end.

    None where the samples can't tell.
    """
    names = {part.scenario for part in parts}
    if any(part.name is not None and part.name not in names for part in observed.scenarios):
        return False
    answers = [_open(observed, part, zero) for part in parts if part.is_open]
    answers.append(_closed(observed, parts, zero))
    if False in answers:
        return False
    return True if True in answers else None


def _open(observed: ObservedLoad, part: Curve, zero: float) -> bool | None:
    scenario = observed.scenario(part.scenario)
    if scenario is None or not part.lines:
        return None
    edges = observed.edges - zero
    planned = part.integral(edges)
    due = np.concatenate([[0.0], np.cumsum(scenario.due)])
    if not due[-1]:
        return None
    early = part.integral(edges + SLACK + observed.step)
    if bool((due > early * (1 + SURPLUS) + SURPLUS_COUNT).any()):
        return False
    return _same_pace(planned, due, scenario, observed)


def _same_pace(
    planned: Floats, due: Floats, scenario: ObservedScenario, observed: ObservedLoad
) -> bool | None:
    last = min(int(scenario.last / observed.step) + 1, len(planned) - 1)
    total = planned[last]
    if total < 2 * DUE_PER_WINDOW:
        return None
    windows = int(min(total // DUE_PER_WINDOW, 40))
    cuts = np.searchsorted(planned[: last + 1], np.linspace(0, total, windows + 1))
    expected = np.diff(planned[cuts])
    seen = np.diff(due[cuts])
    ratio = seen / np.maximum(expected, 1e-9)
    allowed = np.maximum(PACE, 2.0 / np.maximum(expected, 1e-9))
    odd = (ratio > EMPTY) & (np.abs(ratio - 1) > allowed)
    # The two windows at the edges of a gap are part empty, part as planned.
    gap = ratio <= EMPTY
    beside = np.zeros_like(gap)
    beside[1:] |= gap[:-1]
    beside[:-1] |= gap[1:]
    odd &= ~(beside & (ratio < 1))
    slow = odd & (ratio < 1)
    unended = float(observed.vus[-1]) if len(observed.vus) else 0.0
    if float((expected - seen)[slow].sum()) <= unended:
        odd &= ~slow
    return bool(expected[odd].sum() <= ODD_WINDOWS * total)


def _closed(observed: ObservedLoad, parts: Sequence[Curve], zero: float) -> bool | None:
    closed = [part for part in parts if not part.is_open]
    if not closed:
        return None
    ticks = observed.vus_at - zero
    stop = max(part.stop for part in closed)
    inside = (ticks >= 0) & (ticks <= stop) & (observed.vus_at <= observed.last)
    ticks, vus = ticks[inside], observed.vus[inside]
    if len(ticks) < FEWEST_TICKS:
        return None
    slack = SLACK + 0.3
    near = [ticks - slack, ticks, ticks + slack]
    firm = [part for part in closed if part.bounded]
    low = np.min([_total(firm, moments) for moments in near], axis=0)
    lingering = [ticks - back for back in np.arange(0.0, LINGER + 1, 1.0)]
    high = np.max([_total(closed, moments) for moments in (*near, *lingering)], axis=0)
    for part in parts:
        if part.is_open:  # its iterations in flight stand in the same gauge
            high = high + (np.inf if part.max_vus is None else float(part.max_vus))
    allowed = np.maximum(1.0, 0.05 * high)
    odd = (vus < low - allowed) | (vus > high + allowed)
    return bool(odd.mean() <= ODD_TICKS)


def _total(parts: Sequence[Curve], moments: Floats) -> Floats:
    return np.asarray(np.sum([part.at(moments) for part in parts], axis=0) + np.zeros_like(moments))
