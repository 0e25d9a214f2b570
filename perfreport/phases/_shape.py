"""Phases from the load itself, where no plan is at hand or another plan ran.

Which series shows the load best depends on the executor: the VU gauge where it is a clean curve
(VU executors), the iterations that fell due where they come as regularly as only an
arrival-rate executor makes them, else started iterations or requests, which are noisy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from perfreport.phases._changepoint import partition, roughness
from perfreport.phases._segment import Level, Segment, simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Floats
    from perfreport.phases._observed import ObservedLoad, ObservedScenario

MOST_POINTS = 900  # the search is quadratic
PER_BIN = 8.0  # iterations per bin that tell a regular schedule from a random one
REGULAR = 0.3  # variance over mean of due iterations: 1 for random arrivals, near 0 for a schedule
SHORTEST_RUN = 3.0  # seconds; a shorter run is one piece
ORDERLY = 0.6  # share of gauge ticks that lie on a straight, monotonous stretch
STRETCH = 4  # ticks of such a stretch
BLIP = 0.12  # share of a hold's level by which one or two points may leave it
LINE_REACH = 0.2  # share of a line's length by which its end may be moved to meet the next one
MINOR = 0.1  # a scenario with less than this share of the iterations does not place the cuts
FLAT_VUS = 0.03  # change over a piece, as a share of the largest level, that still counts as flat
FLAT_RATE = 0.08


@dataclass(frozen=True, slots=True)
class Evidence:
    """The series a shape was read from, in VUs or, with `is_rate`, iterations per second."""

    times: Floats
    lanes: tuple[Floats, ...]
    noise: tuple[float, ...]
    is_rate: bool
    regular: bool  # exact enough to compare with a plan


def shape(observed: ObservedLoad, zero: float) -> tuple[tuple[Segment, ...], Evidence | None]:
    """Cut the observed load; times of the segments count from `zero`."""
    found = _evidence(observed, zero)
    stop = observed.last - zero
    if found is not None and found.is_rate and found.regular:
        stop = (
            _last_due([part for part in observed.scenarios if part.due.any()], observed.step) - zero
        )
    if found is None or len(found.times) < 3 or stop < SHORTEST_RUN:
        return _single(observed, zero), None
    return simplify(_segments(found, stop)), found


def _single(observed: ObservedLoad, zero: float) -> tuple[Segment, ...]:
    seconds = observed.last - zero
    if seconds <= 0:
        return ()
    started = sum(float(part.due.sum()) for part in observed.scenarios)
    level = (
        Level(vus=float(observed.vus.max()))
        if len(observed.vus)
        else Level(rate=(started or float(observed.requests.sum())) / seconds)
    )
    return (Segment(0.0, seconds, level, level, flat=True),)


def with_planned_times(
    seen: Sequence[Segment], planned: Sequence[Segment], found: Evidence | None
) -> tuple[Segment, ...] | None:
    """Take the plan's exact times where only the level of the load was another.

    None unless the observed load has the same pieces at the same times, as far as the gauge or
    the schedule can tell.
    """
    seen, planned = (simplify(each, keep_kinks=False) for each in (seen, planned))
    if found is None or not found.regular or len(seen) != len(planned):
        return None
    step = float(np.median(np.diff(found.times)))
    for mine, theirs in zip(seen, planned, strict=True):
        late = mine.start - theirs.start
        if mine.flat != theirs.flat or not -1.2 * step <= late <= 1.2 * step:
            return None
    if abs(seen[-1].stop - planned[-1].stop) > 0.1 * planned[-1].stop:
        return None
    return tuple(
        replace(mine, start=theirs.start, stop=theirs.stop)
        for mine, theirs in zip(seen, planned, strict=True)
    )


def _evidence(observed: ObservedLoad, zero: float) -> Evidence | None:
    active = [part for part in observed.scenarios if part.due.sum() >= 2 * PER_BIN]
    weights = np.array([part.due.sum() for part in active])
    spread = np.array([_dispersion(part.due) for part in active])
    if active and float((weights * spread).sum() / weights.sum()) < REGULAR:
        return _due(observed, active, zero)
    gauge = _gauge(observed, zero)
    if gauge is not None:
        return gauge
    return _noisy(observed, zero)


def _dispersion(due: Floats) -> float:
    """Variance over mean of the counts around their local trend, in bins of about `PER_BIN`."""
    busy = np.flatnonzero(due)
    inside = due[busy[0] : busy[-1] + 1]
    width = max(round(PER_BIN * len(inside) / max(inside.sum(), 1)), 1)
    bins = len(inside) // width
    if bins < 4:
        return 0.0
    counts = inside[: bins * width].reshape(bins, width).sum(axis=1)
    second = np.diff(counts, 2)
    # The median ignores the bins where the schedule itself changes pace.
    return float(np.median(second**2) / 0.4549 / 6.0 / max(counts.mean(), 1e-9))


def _due(observed: ObservedLoad, active: Sequence[ObservedScenario], zero: float) -> Evidence:
    due = _lanes(active)
    lanes: list[Floats] = []
    noise: list[float] = []
    stop = _last_due(active, observed.step)
    bins = int(np.clip(min((stop - zero) / 0.5, due[0].sum() / 6), 3, MOST_POINTS))
    edges = np.linspace(zero, max(stop, zero + observed.step), bins + 1)
    width = float(edges[1] - edges[0])
    for counts in due:
        total = np.concatenate([[0.0], np.cumsum(counts)])
        steps = np.flatnonzero(np.diff(total, prepend=-1.0))  # linear between events
        smooth = np.interp(edges, observed.edges[steps], total[steps])
        rate = np.diff(smooth) / width
        lanes.append(rate)
        # An edge of the grid is off by up to a step, an interpolated count by part of an iteration.
        blur = float(rate.max()) * observed.step / width
        noise.append(max(roughness(rate), 0.4 * blur, 0.1 / width, 0.01 * float(rate.max())))
    return Evidence((edges[:-1] + edges[1:]) / 2 - zero, tuple(lanes), tuple(noise), True, True)


def _lanes(active: Sequence[ObservedScenario]) -> list[Floats]:
    """One lane per scenario that matters; the minor ones count with the largest."""
    total = sum(part.due.sum() for part in active)
    ranked = sorted(active, key=lambda part: -part.due.sum())
    lanes = [part.due for part in ranked if part.due.sum() >= MINOR * total]
    minor = [part.due for part in ranked[len(lanes) :]]
    return [np.sum([lanes[0], *minor], axis=0), *lanes[1:]]


def _last_due(parts: Sequence[ObservedScenario], step: float) -> float:
    return max(float(np.flatnonzero(part.due)[-1] + 1) * step for part in parts)


def _gauge(observed: ObservedLoad, zero: float) -> Evidence | None:
    inside = (observed.vus_at >= zero) & (observed.vus_at <= observed.last + 1.0)
    times, values = observed.vus_at[inside] - zero, observed.vus[inside]
    if len(values) < 3:
        return None
    most = float(values.max())
    if most <= 0 or _orderly(values) < ORDERLY:
        return None
    times, values = _thin(times, values)
    return Evidence(times, (values,), (max(0.5, 0.005 * most),), is_rate=False, regular=True)


def _orderly(values: Floats) -> float:
    """Share of the ticks in some stretch that goes one way at one pace, as planned VUs do.

    VUs of an arrival-rate executor are iterations in flight: they go up and down.
    """
    if len(values) < STRETCH:
        return float(np.ptp(values) == 0)
    change = np.diff(values)
    windows = np.lib.stride_tricks.sliding_window_view(change, STRETCH - 1)
    one_way = (windows >= 0).all(axis=1) | (windows <= 0).all(axis=1)
    one_pace = np.ptp(windows, axis=1) <= max(1.0, 0.02 * float(values.max()))
    marked = np.zeros(len(values), dtype=bool)
    for begin in np.flatnonzero(one_way & one_pace):
        marked[begin : begin + STRETCH] = True
    return float(marked.mean())


def _noisy(observed: ObservedLoad, zero: float) -> Evidence | None:
    started = sum((part.due for part in observed.scenarios), np.zeros_like(observed.requests))
    counts = started if started.sum() >= 2 * PER_BIN else observed.requests
    begin = max(int(zero / observed.step), 0)
    stop = int(np.flatnonzero(counts)[-1]) + 1 if counts.any() else begin
    inside = counts[begin:stop]
    if inside.sum() < 2 * PER_BIN:
        return None
    bins = int(np.clip(min(len(inside) * observed.step, inside.sum() / PER_BIN), 3, MOST_POINTS))
    edges = np.linspace(begin, stop, bins + 1)
    total = np.concatenate([[0.0], np.cumsum(counts)])
    width = float(edges[1] - edges[0]) * observed.step
    rate = np.diff(np.interp(edges, np.arange(len(total)), total)) / width
    middle = (edges[:-1] + edges[1:]) / 2 * observed.step - zero
    noise = max(roughness(rate), float(np.sqrt(max(rate.mean(), 1e-9) / width)))
    return Evidence(middle, (rate,), (noise,), is_rate=True, regular=False)


def _thin(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    stride = -(-len(times) // MOST_POINTS)
    if stride == 1:
        return times, values
    whole = len(times) // stride * stride
    return (
        times[:whole].reshape(-1, stride).mean(axis=1),
        np.median(values[:whole].reshape(-1, stride), axis=1),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """A straight line per lane over the points [first, last]."""

    first: int
    last: int
    slope: Floats
    offset: Floats
    flat: bool

    def at(self, seconds: float) -> Floats:
        return np.asarray(np.maximum(self.offset + self.slope * seconds, 0.0))


def _segments(found: Evidence, stop: float) -> list[Segment]:
    cuts = [*partition(found.times, found.lanes, found.noise), len(found.times)]
    fits = _without_blips(found, [_fit(found, first, after) for first, after in pairwise(cuts)])
    moments = [0.0]
    for before, after in pairwise(fits):
        moments.append(max(_boundary(found, before, after), moments[-1]))
    moments.append(max(stop, moments[-1]))
    segments: list[Segment] = []
    for fit, start, end in zip(fits, moments, moments[1:], strict=False):
        begin, finish = (_as_level(fit.at(moment), found) for moment in (start, end))
        if fit.flat and segments and segments[-1].flat and not found.is_rate:
            start = _add_step(segments, found, start, begin)  # noqa: PLW2901
        segments.append(Segment(start, end, begin, finish, flat=fit.flat))
    return [_joined(segments, place) for place in range(len(segments))]


def _add_step(segments: list[Segment], found: Evidence, moment: float, level: Level) -> float:
    """VUs that change between two ticks: the ramp is somewhere in that second."""
    after = int(np.clip(np.searchsorted(found.times, moment), 1, len(found.times) - 1))
    left, right = float(found.times[after - 1]), float(found.times[after])
    before = segments[-1]
    segments[-1] = replace(before, stop=left)
    segments.append(Segment(left, right, before.end, level, flat=False))
    return right


def _without_blips(found: Evidence, fits: Sequence[_Fit]) -> list[_Fit]:
    """Give one or two odd points at the level of the hold before them back to that hold."""
    kept: list[_Fit] = []
    for fit in fits:
        before = kept[-1] if kept else None
        short = fit.last - fit.first < 2
        if before is not None and before.flat and short:
            level = sum(float(lane[fit.first : fit.last + 1].mean()) for lane in found.lanes)
            known = float(before.offset.sum())
            if abs(level - known) <= BLIP * known:
                kept[-1] = replace(before, last=fit.last)
                continue
        kept.append(fit)
    return kept


def _joined(segments: Sequence[Segment], place: int) -> Segment:
    """Let a ramp begin and end at the level of the holds beside it."""
    segment = segments[place]
    if segment.flat:
        return segment
    before = segments[place - 1] if place else None
    after = segments[place + 1] if place + 1 < len(segments) else None
    return replace(
        segment,
        begin=before.end if before is not None and before.flat else segment.begin,
        end=after.begin if after is not None and after.flat else segment.end,
    )


def _as_level(lanes: Floats, found: Evidence) -> Level:
    total = float(f"{lanes.sum():.4g}")  # more digits than the cut can know only look exact
    return Level(rate=total) if found.is_rate else Level(vus=total)


def _fit(found: Evidence, first: int, after: int) -> _Fit:
    times = found.times[first:after]
    lanes = [lane[first:after] for lane in found.lanes]
    limit = FLAT_RATE if found.is_rate else FLAT_VUS
    tolerance = [
        max(limit * float(lane.max()), sigma * (2.0 if found.is_rate else 1.0))
        for lane, sigma in zip(found.lanes, found.noise, strict=True)
    ]
    # One or two points between two others are on their way from one level to the next.
    passing = after - first < 3 < len(found.times)
    if len(times) < 2:
        flat_levels = np.array([float(lane[0]) for lane in lanes])
        return _Fit(first, after - 1, np.zeros(len(lanes)), flat_levels, flat=not passing)
    lines = [np.polyfit(times, lane, 1) for lane in lanes]
    span = float(times[-1] - times[0]) * len(times) / (len(times) - 1)
    flat = not passing and all(
        abs(line[0]) * span <= most for line, most in zip(lines, tolerance, strict=True)
    )
    if flat:
        levels = np.array([_typical(lane, found) for lane in lanes])
        return _Fit(first, after - 1, np.zeros(len(lanes)), levels, flat=True)
    slopes = np.array([float(line[0]) for line in lines])
    offsets = np.array([float(line[1]) for line in lines])
    return _Fit(first, after - 1, slopes, offsets, flat=False)


def _typical(lane: Floats, found: Evidence) -> float:
    """Level of a hold. The outer bins of a rate may hold some of the ramps beside it."""
    if not found.is_rate:
        return float(np.median(lane))
    return float(lane[1:-1].mean() if len(lane) >= 5 else np.median(lane))


def _boundary(found: Evidence, before: _Fit, after: _Fit) -> float:
    """Where two lines meet, if that is near their ends; else half-way.

    A ramp known from a single point reaches to its neighbours: a hold must not hold ramp. Lines
    of many points are known better than the point where the search cut them.
    """
    left, right = float(found.times[before.last]), float(found.times[after.first])
    if not before.flat and before.first == before.last:
        return right
    if not after.flat and after.first == after.last:
        return left
    slope = float((after.slope - before.slope).sum())
    if abs(slope) > 1e-9:
        meet = float((before.offset - after.offset).sum()) / slope
        reach = 0.6 * (right - left)
        early = max(reach, LINE_REACH * (left - float(found.times[before.first])))
        late = max(reach, LINE_REACH * (float(found.times[after.last]) - right))
        if left - early <= meet <= right + late:
            return meet
    return (left + right) / 2
