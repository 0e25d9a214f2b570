"""From pieces of a load curve to phases: which is a ramp, a stage, a spike, the time after it.

A spike is a load that rises to at least `WELL_ABOVE` times what ran before it, steeply, for less
than half of the run, and then falls back while load goes on. What follows a spike is cooling,
and its last part, or any part back at the load of before, is recovery.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.grade import TestKind
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, Phase, PhaseKind, PhaseOrigin
from perfreport.model.units import NS_PER_SECOND
from perfreport.phases._segment import WELL_ABOVE, Level, Scale, rise, simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.phases._segment import Segment

PEAK_TEST_WELL_ABOVE = 1.5  # a peak test says itself that it has a spike
LONGEST_SPIKE = 0.5  # share of the run
LONGEST_RISE = 0.25  # share of the run
FALLS_TO = 0.6  # share of the spike's level
BACK_AT = 1.25  # times the level of before the spike
PAUSE = 0.005  # share of the largest load that counts as none


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment with its kind; `pause`: no load at all between two scenarios."""

    segment: Segment
    kind: PhaseKind
    pause: bool = False


def classify(segments: Sequence[Segment], kind: TestKind) -> tuple[Piece, ...]:
    """Tell the kind of every segment of one load curve."""
    if not segments:
        return ()
    scale = Scale.of(segments)
    spikes = _spikes(segments, scale, kind)
    if not spikes:
        segments = simplify(segments, keep_kinks=False)
    pieces: list[Piece] = []
    for place, segment in enumerate(segments):
        before = [spike for spike in spikes if spike < place]
        if scale.share(segment.begin) <= PAUSE and scale.share(segment.end) <= PAUSE:
            pieces.append(Piece(segment, PhaseKind.COOLING, pause=True))
        elif place in spikes:
            pieces.append(Piece(segment, PhaseKind.SPIKE))
        elif before:
            pieces.append(Piece(segment, _kind_after(segments, place, before[-1], spikes, scale)))
        else:
            pieces.append(Piece(segment, _kind_without_spike(segments, place, scale)))
    return tuple(pieces)


def _kind_without_spike(segments: Sequence[Segment], place: int, scale: Scale) -> PhaseKind:
    segment = segments[place]
    if not segment.flat:
        return PhaseKind.RAMP
    highest = max(
        (scale.share(other.begin) for other in segments[:place] if other.flat), default=0.0
    )
    steps = sum(other.flat for other in segments[:place])
    falls_back = scale.share(segment.begin) <= FALLS_TO * highest
    # A last hold far below the highest is where the system may recover, not the load under test.
    if steps and falls_back and not any(other.flat for other in segments[place + 1 :]):
        return PhaseKind.RECOVERY
    return PhaseKind.PLATEAU


def _spikes(segments: Sequence[Segment], scale: Scale, kind: TestKind) -> tuple[int, ...]:
    if kind is TestKind.STRESS:
        return ()
    above = PEAK_TEST_WELL_ABOVE if kind is TestKind.PEAK else WELL_ABOVE
    total = sum(segment.seconds for segment in segments)
    found = [
        place for place in range(len(segments)) if _is_spike(segments, place, scale, above, total)
    ]
    return tuple(found)


def _is_spike(
    segments: Sequence[Segment], place: int, scale: Scale, above: float, total: float
) -> bool:
    segment = segments[place]
    peak = scale.share(segment.end)
    if not segment.flat and not _is_bare_peak(segments, place, scale):
        return False
    before, rising = _load_before(segments, place, scale)
    after = _load_after(segments, place, scale)
    return (
        before is not None
        and before > PAUSE
        and peak >= above * before
        and rising <= LONGEST_RISE * total
        and segment.seconds <= LONGEST_SPIKE * total
        and after is not None
        and PAUSE < after <= FALLS_TO * peak
    )


def _is_bare_peak(segments: Sequence[Segment], place: int, scale: Scale) -> bool:
    """A rise that turns straight into a fall: a spike without a hold."""
    return (
        rise(segments[place], scale) > 0
        and place + 1 < len(segments)
        and not segments[place + 1].flat
        and rise(segments[place + 1], scale) < 0
    )


def _load_before(
    segments: Sequence[Segment], place: int, scale: Scale
) -> tuple[float | None, float]:
    """Load before the rise to this segment, and how long the rise took."""
    segment = segments[place]
    if not segment.flat:
        return (scale.share(segment.begin) if place else None), segment.seconds
    if place == 0:
        return None, 0.0
    previous = segments[place - 1]
    if previous.flat:
        return scale.share(previous.end), 0.0
    if rise(previous, scale) <= 0 or place == 1:
        return None, previous.seconds
    return scale.share(previous.begin), previous.seconds


def _load_after(segments: Sequence[Segment], place: int, scale: Scale) -> float | None:
    """Lowest load that is held, or reached on the way down, before it rises again."""
    lowest: float | None = None
    for segment in segments[place + 1 :]:
        if not segment.flat and rise(segment, scale) > 0:
            break
        level = scale.share(segment.end)
        if level > PAUSE and (segment.flat or lowest is None or level < lowest):
            lowest = level if lowest is None else min(lowest, level)
    return lowest


def _kind_after(
    segments: Sequence[Segment],
    place: int,
    spike: int,
    spikes: Sequence[int],
    scale: Scale,
) -> PhaseKind:
    segment = segments[place]
    stop = next((other for other in spikes if other > place), len(segments))
    rest = segments[spike + 1 : stop]
    held = [other for other in rest if other.flat and scale.share(other.end) > PAUSE]
    if held and not segment.flat:
        return PhaseKind.RAMP
    falling = held or [other for other in rest if rise(other, scale) < 0]
    if segment not in falling:
        return PhaseKind.RAMP
    if not held:
        last = segment is falling[-1] and len(falling) > 1
        return PhaseKind.RECOVERY if last else PhaseKind.COOLING
    before, _ = _load_before(segments, spike, scale)
    back = before is not None and scale.share(segment.end) <= BACK_AT * before
    return PhaseKind.RECOVERY if back or segment is held[-1] else PhaseKind.COOLING


def name(pieces: Sequence[Piece], start_ns: int, origin: PhaseOrigin) -> tuple[Phase, ...]:
    """Turn pieces into phases on the run's clock: `start_ns` is their second 0."""
    counts = Counter(_family(piece, pieces) for piece in pieces)
    seen: Counter[str] = Counter()
    scale = Scale.of([piece.segment for piece in pieces])
    phases: list[Phase] = []
    for piece in pieces:
        family = _family(piece, pieces)
        seen[family] += 1
        alone = counts[family] == 1 and family not in {"ramp", "stage", "pause"}
        number = seen[family]
        segment = piece.segment
        level, unit = _level(segment.end, scale)
        phases.append(
            Phase(
                name=family if alone else f"{family}-{number}",
                kind=piece.kind,
                start_ns=start_ns + round(segment.start * NS_PER_SECOND),
                end_ns=start_ns + round(segment.stop * NS_PER_SECOND),
                title=_title(piece, family, number, alone=alone),
                origin=origin,
                level=level,
                unit=unit,
            )
        )
    return tuple(phases)


def _family(piece: Piece, pieces: Sequence[Piece]) -> str:
    if piece.pause:
        return "pause"
    if piece.kind is PhaseKind.PLATEAU:
        flat = sum(other.kind is PhaseKind.PLATEAU for other in pieces)
        spiky = any(other.kind is PhaseKind.SPIKE for other in pieces)
        return "baseline" if spiky else "plateau" if flat == 1 else "stage"
    return piece.kind.value


def _level(level: Level, scale: Scale) -> tuple[float | None, LoadUnit | None]:
    if level.vus > 0 and level.rate > 0:
        return None, None
    if level.rate > 0 or (level.vus == 0 and scale.rate > 0):
        return level.rate, LoadUnit.ITERATION_RATE
    return level.vus, LoadUnit.VUS


def load_message(level: Level) -> Message:
    """Say a load in words: VUs, iterations per second, or both."""
    rate = level.rate
    vus = round(level.vus)
    if level.vus > 0 and level.rate > 0:
        return message("phase.load.mixed", vus=vus, rate=rate)
    if level.rate > 0:
        return message("phase.load.rate", rate=rate)
    if level.vus > 0:
        return message("phase.load.vus", vus=vus)
    return message("phase.load.none")


def _title(piece: Piece, family: str, number: int, *, alone: bool) -> Message:
    segment = piece.segment
    if family == "pause":
        return message("phase.title.pause")
    if not segment.flat:
        begin, end = load_message(segment.begin), load_message(segment.end)
        return message(f"phase.title.{piece.kind.value}-moving", begin=begin, end=end)
    load = load_message(segment.end)
    if alone:
        return message(f"phase.title.{family}", load=load)
    return message(f"phase.title.{family}-numbered", number=number, load=load)
