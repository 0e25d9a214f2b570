"""Pieces of a load curve: straight lines between breakpoints, and how to simplify them.

Times are seconds since the start of the load. Nothing here knows where the curve came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_LEVEL = 0.02  # levels closer than this share of the largest one are one level
SHORTEST_HOLD = 1.0  # seconds; a flat piece below it, inside a ramp, belongs to the ramp
STEEP = 4.0  # a slope this many times the one before starts a ramp of its own …
WELL_ABOVE = 2.5  # … if it also multiplies the level by this much


@dataclass(frozen=True, slots=True)
class Level:
    """Load at one moment: VUs of the closed scenarios, iterations per second of the open ones."""

    vus: float = 0.0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Segment:
    """Load that goes straight from `begin` at `start` to `end` at `stop`.

    `flat`: every single scenario is flat, not only their sum.
    """

    start: float
    stop: float
    begin: Level
    end: Level
    flat: bool

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Scale:
    """Largest level of each lane, to express a mixed load as one share of its maximum."""

    vus: float
    rate: float

    @staticmethod
    def of(segments: Sequence[Segment]) -> Scale:
        """Take the maxima over all ends of all segments."""
        levels = [level for segment in segments for level in (segment.begin, segment.end)]
        return Scale(
            max((level.vus for level in levels), default=0.0),
            max((level.rate for level in levels), default=0.0),
        )

    def share(self, level: Level) -> float:
        """Return the load as a share of its maximum, 0-1; lanes weigh the same."""
        lanes = [
            value / most
            for value, most in ((level.vus, self.vus), (level.rate, self.rate))
            if most > 0
        ]
        return sum(lanes) / len(lanes) if lanes else 0.0


def simplify(segments: Sequence[Segment], *, keep_kinks: bool = True) -> tuple[Segment, ...]:
    """Merge what a reader would call one phase: equal neighbours, ramps made of several lines.

    `keep_kinks`: leave ramps apart where the load suddenly rises much faster, or falls slower.
    """
    kept = [segment for segment in segments if segment.seconds > 1e-6]
    if not kept:
        return ()
    scale = Scale.of(kept)
    merged = _merge(kept, scale, keep_kinks=keep_kinks)
    merged = _merge(_absorb_short_holds(merged), scale, keep_kinks=keep_kinks)
    while merged and scale.share(merged[0].begin) == 0 == scale.share(merged[0].end):
        merged = merged[1:]
    return tuple(merged)


def _merge(segments: Sequence[Segment], scale: Scale, *, keep_kinks: bool) -> list[Segment]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and _continues(merged[-1], segment, scale, keep_kinks=keep_kinks):
            previous = merged[-1]
            merged[-1] = replace(previous, stop=segment.stop, end=segment.end)
        else:
            merged.append(segment)
    return merged


def _continues(before: Segment, after: Segment, scale: Scale, *, keep_kinks: bool) -> bool:
    if before.flat != after.flat:
        return False
    if before.flat:
        return abs(scale.share(after.begin) - scale.share(before.end)) <= SAME_LEVEL
    if rise(before, scale) * rise(after, scale) < 0:
        return False
    return not (keep_kinks and _breaks_away(before, after, scale))


def rise(segment: Segment, scale: Scale) -> float:
    """Change of the load over the segment, as a share of the largest load."""
    return scale.share(segment.end) - scale.share(segment.begin)


def _breaks_away(before: Segment, after: Segment, scale: Scale) -> bool:
    """Tell a sudden rise (a spike begins) or the end of one from a kink in the same ramp."""
    slopes = [abs(rise(piece, scale)) / piece.seconds for piece in (before, after)]
    if rise(after, scale) > 0:
        low, high = scale.share(after.begin), scale.share(after.end)
        return slopes[1] >= STEEP * slopes[0] and high >= WELL_ABOVE * low > 0
    # Falling lines of the same plan stay apart where both are long: they are stages of their own.
    total = before.seconds + after.seconds
    return slopes[1] < slopes[0] / 1.5 and min(before.seconds, after.seconds) >= 0.2 * total


def _absorb_short_holds(segments: Sequence[Segment]) -> list[Segment]:
    limit = min(SHORTEST_HOLD, 0.05 * sum(segment.seconds for segment in segments))
    last = len(segments) - 1
    return [
        replace(segment, flat=False)
        if segment.flat
        and segment.seconds < limit
        and 0 < place < last
        and not segments[place - 1].flat
        and not segments[place + 1].flat
        else segment
        for place, segment in enumerate(segments)
    ]
