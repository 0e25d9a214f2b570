"""What all metric dialects share: raw series in, the `metric-series` reading out."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.message import message
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.signals import catalogue
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.message import Message
    from perfreport.model.source import Fact, Problem, SourceRef, SummaryValue
    from perfreport.signals import ResolvedName
    from perfreport.sources._spec import Segment

KIND = "metric-series"
BY_FILE_DATE = "clock.modified-time"
UTC = Clock(ClockKind.UTC)
_EXAMPLES = 8
_IDENTITY = frozenset({"instance", "job", "pod", "application", "host"})
# A counter whose values fall this often was turned into a rate by the query.
_RATE_FALLS = 0.2


@dataclass(slots=True)
class Track:
    """One series while it is being read: `ticks` are scrape numbers or nanoseconds."""

    resolved: ResolvedName
    labels: tuple[tuple[str, str], ...]
    ticks: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    kind: SignalKind | None = None  # where the container knows better than the catalogue


class SeriesTable:
    """All series of one file, known signals kept, everything else counted."""

    def __init__(self, dialect: str = "") -> None:
        self._dialect = dialect
        self._resolved: dict[str, ResolvedName | None] = {}
        self._tracks: dict[tuple[str, Part, tuple[tuple[str, str], ...]], Track] = {}
        self.unknown: dict[str, None] = {}
        self.series = 0
        self.samples = 0

    def resolve(self, name: str) -> ResolvedName | None:
        """What a name stands for; remembers the ones that stand for nothing."""
        if name not in self._resolved:
            self._resolved[name] = catalogue().resolve(name, self._dialect)
            # OpenMetrics tells when a series began in `_created`: no signal, but no riddle either
            if self._resolved[name] is None and not name.endswith("_created"):
                self.unknown[name] = None
        return self._resolved[name]

    def track(
        self, name: str, labels: Mapping[str, str], part: Part | None = None, scale: float = 1.0
    ) -> Track | None:
        """Where samples of a series go, or None if its signal is unknown or not kept.

        `part` and `scale` are for containers that name the part apart from the signal.
        """
        resolved = self.resolve(name)
        if resolved is None:
            return None
        if part is not None or scale != 1.0:
            resolved = replace(resolved, part=part or resolved.part, scale=resolved.scale * scale)
        canonical = catalogue().label
        tags = {canonical(key): value for key, value in labels.items() if value != ""}
        tags.update(resolved.labels)
        if not _kept(resolved, tags):
            return None
        if "le" in tags:
            tags["le"] = _scaled_bound(tags["le"], resolved.scale)
        key = (resolved.spec.name, resolved.part, tuple(sorted(tags.items())))
        if key not in self._tracks:
            self._tracks[key] = Track(resolved, key[2])
        return self._tracks[key]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Every series that is kept, with at least one sample."""
        return tuple(track for track in self._tracks.values() if track.ticks)

    def summary(self, scrapes: int) -> tuple[tuple[str, SummaryValue], ...]:
        """The keys of `inspect` for metric series."""
        signals = {track.resolved.spec.name for track in self.tracks}
        examples = tuple(sorted(self.unknown)[:_EXAMPLES])
        return (
            ("series", self.series),
            ("samples", self.samples),
            ("scrapes", scrapes),
            ("signals", tuple(sorted(signals))),
            ("unknown_names", (("count", len(self.unknown)), ("examples", examples))),
        )


def finished(track: Track, times_ns: Integers) -> SignalSeries:
    """A track as a series in base units, in order of time, one value per time (the last)."""
    values = np.array(track.values, dtype=np.float64)
    order = np.argsort(times_ns, kind="stable")
    times_ns, values = times_ns[order], values[order]
    last = np.diff(times_ns, append=np.iinfo(np.int64).max) != 0
    times_ns, values = times_ns[last], values[last]
    resolved = track.resolved
    spec, part = resolved.spec, resolved.part
    kind = track.kind or spec.kind_of(part)
    unit = spec.unit_of(part)
    # Exporters write -1 for "none" and "not known"; no signal of the catalogue can be negative.
    values = np.where(values < 0, np.nan, values) * resolved.scale
    if spec.zero_is_none:
        values = np.where(values == 0, np.nan, values)
    if kind is SignalKind.RATE:
        unit = Unit.BYTES_PER_SECOND if unit is Unit.BYTES else Unit.PER_SECOND
    return SignalSeries(spec.name, part, kind, unit, track.labels, times_ns, values)


def timed_reading(  # noqa: PLR0913 - as `reading`
    table: SeriesTable,
    times: Collection[int],
    *,
    dialect: str,
    clock: Clock,
    skipped: int = 0,
    problems: Sequence[Problem] = (),
    notes: Sequence[Message] = (),
    foreign: Sequence[Segment] = (),
) -> Reading:
    """The reading of a file whose samples all have times of their own.

    A counter that falls often was turned into a rate by a query, and is read as one; a counter
    that appears while its process was already watched began at zero.
    """
    series, rates = [], set()
    for track in table.tracks:
        ticks = np.array(track.ticks, dtype=np.int64)
        one = finished(track, ticks)
        if one.kind is SignalKind.COUNTER and falls_often(one.values):
            track.kind = SignalKind.RATE
            one = finished(track, ticks)
            rates.add(one.signal)
        series.append(one)
    watched: dict[tuple[tuple[str, str], ...], list[Integers]] = {}
    for one in series:
        watched.setdefault(_identity(one), []).append(one.times_ns)
    grids = {identity: np.unique(np.concatenate(all_)) for identity, all_ in watched.items()}
    return reading(
        table,
        [with_birth(one, grids[_identity(one)]) for one in series],
        dialect=dialect,
        clock=clock,
        scrape_times_ns=np.array(sorted(times), dtype=np.int64),
        skipped=skipped,
        problems=problems,
        notes=(*notes, *(message("note.metrics.rate", signal=name) for name in sorted(rates))),
        foreign=foreign,
    )


def _identity(series: SignalSeries) -> tuple[tuple[str, str], ...]:
    return tuple(label for label in series.labels if label[0] in _IDENTITY)


def falls_often(values: Floats) -> bool:
    """Whether a series named like a counter behaves like a rate."""
    steps = np.diff(values[~np.isnan(values)])
    moved = steps[steps != 0]
    return len(moved) >= 4 and float(np.mean(moved < 0)) > _RATE_FALLS


def with_birth(series: SignalSeries, grid_ns: Integers) -> SignalSeries:
    """Give a counter that appeared while it was watched the zero it had one step before.

    `grid_ns`: times at which the same process was watched. A timer of a new error or garbage
    collection cause appears with its first event; without the zero that event would be lost.
    """
    if series.kind is not SignalKind.COUNTER or not len(series.times_ns):
        return series
    before = int(np.searchsorted(grid_ns, series.times_ns[0])) - 1
    if before < 0:
        return series
    times = np.concatenate(([grid_ns[before]], series.times_ns)).astype(np.int64)
    return replace(series, times_ns=times, values=np.concatenate(([0.0], series.values)))


def restarts(series: Sequence[SignalSeries]) -> tuple[int, ...]:
    """When processes were started anew, by their own start times."""
    found: set[int] = set()
    for one in series:
        if one.signal == "process.start.time":
            jumps = np.flatnonzero(np.diff(one.values) > 1.0)
            found.update(int(one.times_ns[jump + 1]) for jump in jumps)
    return tuple(sorted(found))


def reading(  # noqa: PLR0913 - a reading has this many independent parts
    table: SeriesTable,
    series: Sequence[SignalSeries],
    *,
    dialect: str,
    clock: Clock,
    scrape_times_ns: Integers,
    scrapes: int | None = None,
    skipped: int = 0,
    problems: Sequence[Problem] = (),
    notes: Sequence[Message] = (),
    foreign: Sequence[Segment] = (),
) -> Reading:
    """The reading of a file with metric series."""
    scrapes = len(scrape_times_ns) if scrapes is None else scrapes
    placed = [one.times_ns for one in series if len(one.times_ns)]
    if len(scrape_times_ns):
        placed.append(scrape_times_ns)
    if clock.reason is not None and clock.reason.key == BY_FILE_DATE:
        placed = []  # a guess that counts only if the run bears it out
    all_notes = list(notes)
    all_notes += [
        message("note.metrics.restart", time=time)
        for time in (restarts(series) if clock.correlated else ())
    ]
    if scrapes == 1 and any(one.kind is SignalKind.COUNTER for one in series):
        all_notes.append(message("note.metrics.single-scrape"))

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (Signals(ref, tuple(series), scrape_times_ns),) if series else ()

    return Reading(
        facts=facts,
        records=table.samples,
        skipped=skipped,
        start_ns=min((int(times[0]) for times in placed), default=None),
        end_ns=max((int(times[-1]) for times in placed), default=None),
        clock=clock,
        dialect=dialect,
        problems=tuple(problems),
        notes=tuple(all_notes),
        summary=table.summary(scrapes),
        foreign=tuple(foreign),
    )


def _kept(resolved: ResolvedName, tags: Mapping[str, str]) -> bool:
    if resolved.part is Part.BUCKET:
        return resolved.spec.buckets and "le" in tags
    if resolved.part is Part.QUANTILE:
        return "quantile" in tags
    return True


def _scaled_bound(bound: str, scale: float) -> str:
    try:
        return format(float(bound) * scale, ".12g")
    except ValueError:
        return bound
