"""One run as the rules look at it: windows of load, and figures that know where they come from.

A figure that nothing tells is None, never 0. Every figure carries the signal and the window (or
the file and line) it was read from, so that `explain` can read it again.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import answer, run_signals, signal_lines
from perfreport.model.load import LoadSamples
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.source import Provenance
from perfreport.model.units import Quantity, seconds

if TYPE_CHECKING:
    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers, LoadSlice
    from perfreport.model.message import Message
    from perfreport.model.units import Unit
    from perfreport.rules import Case

# A phase shorter than this holds too few scrapes to say what a server did in it.
_SHORTEST_SECONDS = 3.0
_SLOTS = 12
_SHORTEST_SLOT_SECONDS = 4.0
_SLOT_STEPS = 2.0  # a slot of less than two sampling steps may hold no sample at all
_LOADED = frozenset({PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY})


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the run under steady load; `phase` is the phase it lies in.

    `load_start_ns` is where the load began: a part of a phase is named by when it was.
    """

    name: str
    phase: Phase
    start_ns: int
    end_ns: int
    load_start_ns: int = 0

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end_ns - self.start_ns) / 1e9

    @property
    def title(self) -> Message:
        """The phase, or which part of it: a figure of ten seconds is none of the whole phase."""
        if (self.start_ns, self.end_ns) == (self.phase.start_ns, self.phase.end_ns):
            return self.phase.title
        return message(
            "diagnosis.part-of-phase",
            phase=self.phase.title,
            first=seconds(round((self.start_ns - self.load_start_ns) / 1e9)),
            last=seconds(round((self.end_ns - self.load_start_ns) / 1e9)),
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its unit, and the signal and window it was read from."""

    value: float
    unit: Unit
    signal: str
    stat: str
    start_ns: int
    end_ns: int

    @property
    def quantity(self) -> Quantity:
        """The value as a report shows it."""
        return Quantity(self.value, self.unit)

    @property
    def provenance(self) -> Provenance:
        """Where it can be looked up: the signal and its window."""
        return Provenance(f"{self.signal} {self.stat}", start_ns=self.start_ns, end_ns=self.end_ns)


def sampled(metric: str, stat: str, window: Window) -> Provenance:
    """Where a figure of k6's own can be looked up: its samples in the phase of a window."""
    phase = window.phase
    return Provenance(f"{metric} {stat}", start_ns=phase.start_ns, end_ns=phase.end_ns)


@dataclass(frozen=True, eq=False)
class Series:
    """A signal in time, one value per sample; several groups are added up or maximised."""

    times_ns: Integers
    values: Floats

    def within(self, start_ns: int, end_ns: int) -> Floats:
        """Values inside [start_ns, end_ns)."""
        return self.values[(self.times_ns >= start_ns) & (self.times_ns < end_ns)]


class Scene:
    """The questions rules ask, answered once each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._answers: dict[tuple[str, str, Tags, int, int], Figure | None] = {}

    @classmethod
    def of(cls, case: Case) -> Scene:
        """The scene of a case, made on first use and kept with it."""
        scene = case.cache.get("scene")
        if not isinstance(scene, Scene):
            scene = case.cache["scene"] = cls(case)
        return scene

    @cached_property
    def signals(self) -> RunSignals:
        """All server-side series of the run, on its clock."""
        return run_signals(self.case.run)

    @cached_property
    def whole(self) -> Window:
        """The load from its first to its last request, setup and teardown left out."""
        phases = self.case.phases
        phase = Phase(
            "load",
            PhaseKind.PLATEAU,
            phases.start_ns,
            phases.end_ns,
            message("phase.title.named", name="load"),
            PhaseOrigin.SHAPE,
        )
        return Window("load", phase, phases.start_ns, phases.end_ns)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Every phase of steady load, in time; the whole load where no phase is long enough."""
        steady = [
            Window(phase.name, phase, phase.start_ns, phase.end_ns)
            for phase in self.case.phases.phases
            if phase.reached and phase.kind in _LOADED and phase.seconds >= _SHORTEST_SECONDS
        ]
        return tuple(steady) or (self.whole,)

    @cached_property
    def first_ramp(self) -> tuple[Window, ...]:
        """The ramp before all steady load: what the system does with less of it."""
        return tuple(
            Window(phase.name, phase, phase.start_ns, phase.end_ns)
            for phase in self.case.phases.phases[:1]
            if phase.reached and phase.kind is PhaseKind.RAMP and phase.seconds >= _SHORTEST_SECONDS
        )

    @cached_property
    def step_seconds(self) -> float:
        """How far apart most series of the run were sampled during its load; 0 where none was."""
        start, end = self.whole.start_ns, self.whole.end_ns
        inside = [
            one.times_ns[(one.times_ns >= start) & (one.times_ns < end)]
            for one in self.signals.series
        ]
        steps = [float(np.median(np.diff(times))) for times in inside if len(times) > 1]
        return float(np.median(steps)) / 1e9 if steps else 0.0

    @cached_property
    def slots(self) -> tuple[Window, ...]:
        """The load cut finer than its phases: what changes while the load does not."""
        slots: list[Window] = []
        shortest = max(_SHORTEST_SLOT_SECONDS, _SLOT_STEPS * self.step_seconds)
        for window in self.windows:
            share = window.seconds / sum(one.seconds for one in self.windows)
            most = max(1, int(window.seconds / shortest))
            count = min(most, max(1, round(_SLOTS * share)))
            edges = np.linspace(window.start_ns, window.end_ns, count + 1).astype(np.int64)
            slots += [
                Window(
                    f"{window.name}/{place}",
                    window.phase,
                    int(start),
                    int(end),
                    self.case.phases.start_ns,
                )
                for place, (start, end) in enumerate(itertools.pairwise(edges), start=1)
            ]
        return tuple(slots)

    @cached_property
    def samples(self) -> LoadSamples | None:
        """k6's samples, if there are any."""
        return self.case.run.one(LoadSamples)

    def ask(
        self, signal: str, stat: str, window: Window | None = None, where: Tags = ()
    ) -> Figure | None:
        """One statistic of a signal in a window (the whole load by default)."""
        place = window or self.whole
        key = (signal, stat, where, place.start_ns, place.end_ns)
        if key not in self._answers:
            self._answers[key] = self._asked(*key)
        return self._answers[key]

    def value(
        self, signal: str, stat: str, window: Window | None = None, where: Tags = ()
    ) -> float | None:
        """The bare value of `ask`."""
        figure = self.ask(signal, stat, window, where)
        return None if figure is None else figure.value

    def known(self, signal: str) -> bool:
        """Whether a signal tells of the load: a level sampled in it, a total before and after."""
        return any(self.ask(signal, stat) is not None for stat in ("mean", "rate"))

    def series(self, signal: str, where: Tags = (), across: str = "sum") -> Series | None:
        """A signal in time; groups (pools, processes …) are summed, or maximised."""
        lines = signal_lines(self.signals, signal, where)
        if not lines:
            return None
        times = np.unique(np.concatenate([line.times_ns for line in lines]))
        stacked = np.vstack([np.interp(times, line.times_ns, line.values) for line in lines])
        values = stacked.max(axis=0) if across == "max" else stacked.sum(axis=0)
        return Series(times, values)

    def onset(
        self, signal: str, above: float, where: Tags = (), window: Window | None = None
    ) -> int | None:
        """When a signal first went above a level and was above it at the next sample too."""
        place = window or self.whole
        series = self.series(signal, where)
        if series is None:
            return None
        inside = (series.times_ns >= place.start_ns) & (series.times_ns < place.end_ns)
        times, high = series.times_ns[inside], series.values[inside] > above
        lasting = high[:-1] & high[1:]
        return int(times[:-1][lasting][0]) if lasting.any() else None

    def load(self, window: Window, endpoint: str | None = None) -> LoadSlice | None:
        """k6's own statistics of a phase."""
        return self.case.measurements.slice_of(window.phase.name, endpoint=endpoint)

    def _asked(
        self, signal: str, stat: str, where: Tags, start_ns: int, end_ns: int
    ) -> Figure | None:
        phase = Phase(
            "window",
            PhaseKind.PLATEAU,
            start_ns,
            end_ns,
            message("phase.title.named", name="load"),
            PhaseOrigin.SHAPE,
        )
        found = answer(
            self.signals,
            Phases((phase,), start_ns, end_ns),
            Selector(signal, stat, where, phase="window"),
        )
        if found.value is None or np.isnan(found.value):
            return None
        return Figure(float(found.value), found.unit, signal, stat, start_ns, end_ns)
