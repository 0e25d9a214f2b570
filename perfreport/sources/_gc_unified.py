"""Messages of unified JVM logging (JDK 9 and later) about garbage collection.

A pause is a line `Pause … [before->after(capacity)] <n>ms`; its twin with the tag `start` has no
duration. Concurrent phases have durations, too, but stop nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

from perfreport.model.jvm import Collector, Trouble, Vm
from perfreport.model.units import NS_PER_MS, NS_PER_SECOND
from perfreport.sources._gc_columns import NAN, Columns, size
from perfreport.sources._gc_vocabulary import (
    COLLECTORS,
    HINTS,
    LABEL,
    MODES,
    QUALIFIERS,
    TROUBLES,
    duration_seconds,
    label_groups,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_SIZE = r"(\d{1,12}(?:[.,]\d{1,6})?)([BKMGT])"
_DURATION = r"(\d{1,9}(?:[.,]\d{1,9})?m?s)"
_HEAP = re.compile(rf"{_SIZE}->{_SIZE}\({_SIZE}\)")
_CYCLE = re.compile(
    r"((?:Garbage Collection|Minor Collection|Major Collection) \(.*?\))"
    rf"(?: {_SIZE}\(\d+%\)->{_SIZE}\(\d+%\)(?: {_DURATION})?)?"
)
_CONCURRENT = re.compile(
    rf"(Concurrent (?:Mark Cycle|Undo Cycle|cleanup))(?: \([^()]*\))*"
    rf"(?: {_SIZE}->{_SIZE}\([^()]*\))? {_DURATION}"
)
_STALL = re.compile(rf"(Allocation|Relocation) Stall \((.*)\) {_DURATION}")
_SAFEPOINT = re.compile(
    r'Safepoint "([^"]{1,80})",.*? Reaching safepoint: (\d{1,18}) ns,.*? Total: (\d{1,18}) ns'
)
_STOPPED = re.compile(
    r"Total time for which application threads were stopped: "
    rf"{_NUMBER} seconds(?:, Stopping threads took: {_NUMBER} seconds)?"
)
_REGIONS = re.compile(r"(Old|Humongous) regions: (\d{1,9})->(\d{1,9})")
_GENERATION = re.compile(rf"\w+: {_SIZE}(?:\(\w+\))?->{_SIZE}\(\w+\)")
_METASPACE = re.compile(rf"Metaspace: (?:\S{{1,40}}->{_SIZE}\(|{_SIZE} used)")
_SETTING = re.compile(
    rf"(?:Heap )?(Min|Initial|Max) Capacity: {_SIZE}|Heap [Rr]egion [Ss]ize: {_SIZE}"
    rf"|Memory: {_SIZE}|CPUs: (\d{{1,6}}) total, (\d{{1,6}}) available"
    r"|Version: ([\w.+-]{1,40})|Heap address: \S+ size: (\d{1,9}) MB"
)
_UNKNOWN_HEAP = (NAN, NAN, NAN)
_MOST_HEAPS = 100_000
_MOST_OPEN = 64


@dataclass(slots=True)
class Open:
    """What earlier lines said of a collection whose closing line is still to come."""

    promoted: float = NAN
    humongous: float = NAN
    metaspace: float = NAN


@dataclass(slots=True)
class Messages:
    """Reads one message after the other into columns; `time_of` reads the stamp of a line."""

    time_of: Callable[[str], int]
    columns: Columns = field(default_factory=Columns)
    collector: Collector | None = None
    inferred: bool = False
    settings: dict[str, float] = field(default_factory=dict)
    version: str | None = None
    broken: int = 0  # lines that look like an event and can't be read
    first_broken: int | None = None
    _open: dict[int, Open] = field(default_factory=dict)
    _begun: dict[tuple[int, str], int] = field(default_factory=dict)
    _labels: dict[str, tuple[int, int, bool] | None] = field(default_factory=dict)
    _heaps: dict[str, tuple[float, float, float] | None] = field(default_factory=dict)
    _last_pause: tuple[int, int, bool] = (-1, 0, False)  # GC id, start, full
    _readers: dict[str, Callable[[str, int, str, int], None]] = field(init=False)

    def __post_init__(self) -> None:
        """Say which word a message starts with when it matters."""
        self._readers = {
            "Pause": self._pause,
            **dict.fromkeys(("Garbage", "Minor", "Major"), self._cycle),
            "Concurrent": self._concurrent,
            **dict.fromkeys(("Allocation", "Relocation"), self._stall),
            **dict.fromkeys(("Safepoint", "Total"), self._safepoint),
            **dict.fromkeys(("Old", "Humongous"), self._regions),
            **dict.fromkeys(("ParOldGen:", "PSOldGen:", "Tenured:", "CMS:"), self._old_generation),
            "Metaspace:": self._metaspace,
            **dict.fromkeys(("y:", "Y:", "O:", "o:"), self._generational),
            **dict.fromkeys(("To-space", "Attempting"), self._trouble),
        }

    def read(self, message: str, gc_id: int, text: str, line: int) -> None:
        """Take in one message, `text` without its decorations; `gc_id` -1 if it has none."""
        word = message.split(" ", 1)[0]
        reader = self._readers.get(word)
        if reader is None:
            self._setting(message)
        else:
            reader(message, gc_id, text, line)
        if self.collector is None:
            self._infer(message)

    def vm(self, started_ns: int | None) -> Vm:
        """What the log said of its JVM."""
        get = self.settings.get
        cpus = get("cpus")
        return Vm(
            self.collector,
            self.inferred,
            self.version,
            None if cpus is None else int(cpus),
            get("memory"),
            get("Min"),
            get("Initial"),
            get("Max"),
            get("region"),
            started_ns,
        )

    def _pause(self, message: str, gc_id: int, text: str, line: int) -> None:
        if gc_id < 0:  # a row of Shenandoah's own statistics
            return
        rest, _, duration = message.rpartition(" ")
        seconds = duration_seconds(duration)
        if seconds is None:
            if not LABEL.fullmatch(message.rstrip()):
                self.lose(line)
            return
        label = rest
        heap: tuple[float, float, float] | None = _UNKNOWN_HEAP
        if rest[-1:] == ")" and ">" in rest:
            label, _, sizes = rest.rpartition(" ")
            heap = self._heap(sizes)
        if label not in self._labels:
            self._labels[label] = self._label(label)
        known = self._labels[label]
        if known is None or heap is None:
            self.lose(line)
            return
        phase, cause, full = known
        time = self.time_of(text)
        start = time - round(seconds * NS_PER_SECOND)
        earlier = self._open.pop(gc_id, None) if self._open else None
        promoted = NAN if earlier is None or full else earlier.promoted
        if earlier is not None:
            self._note(earlier, time)
        # A young collection that turned into a Full GC is logged after the Full GC inside it,
        # though its number is lower.
        last_id, last_start, last_full = self._last_pause
        if last_full and not full and gc_id < last_id and start <= last_start + NS_PER_MS:
            self.columns.mark_inside()
        self._last_pause = (gc_id, start, full)
        self.columns.pauses.append((
            start,
            seconds,
            full,
            False,
            phase,
            cause,
            *heap,
            promoted,
            line,
        ))
        if "(Evacuation Failure" in label:
            self.columns.trouble(Trouble.EVACUATION_FAILURE, time, line)

    def _heap(self, sizes: str) -> tuple[float, float, float] | None:
        """Heap before, after and capacity of "31M->22M(64M)"; None if it is no such thing."""
        if sizes not in self._heaps:
            if len(self._heaps) > _MOST_HEAPS:
                self._heaps.clear()
            found = _HEAP.fullmatch(sizes)
            self._heaps[sizes] = found and (
                size(found[1], found[2]),
                size(found[3], found[4]),
                size(found[5], found[6]),
            )
        return self._heaps[sizes]

    def _note(self, earlier: Open, time: int) -> None:
        """Give what was said during a collection the time of its end."""
        if not isnan(earlier.humongous):
            self.columns.humongous.append((time, earlier.humongous))
        if not isnan(earlier.metaspace):
            self.columns.metaspace.append((time, earlier.metaspace))

    def _label(self, label: str) -> tuple[int, int, bool] | None:
        """Phase and cause (as indices) of "Pause Young (Normal) (G1 Evacuation Pause)"."""
        if not LABEL.fullmatch(label):
            return None
        name, *groups = label_groups(label)
        cause = ""
        for group in groups:
            if group in MODES:
                name = f"{name} ({group})"
            elif group not in QUALIFIERS and not group.startswith("Evacuation Failure"):
                cause = group
        return self.columns.phases[name], self.columns.causes[cause], name == "Pause Full"

    def _cycle(self, message: str, gc_id: int, text: str, line: int) -> None:
        found = _CYCLE.fullmatch(message.rstrip())
        if found is None:
            if not message.endswith("Aborted"):  # the JVM ended while it ran
                self.lose(line)
            return
        name, before, b_unit, after, a_unit, duration = found.groups()
        time = self.time_of(text)
        if name.startswith("M"):
            self.collector = Collector.GENERATIONAL_ZGC
        if before is None:
            self._begun[gc_id, name] = time
            return
        seconds = duration_seconds(duration or "")
        begun = self._begun.pop((gc_id, name), None)
        if seconds is None:
            seconds = NAN if begun is None else (time - begun) / NS_PER_SECOND
        index = self.columns.cycle_names[name]
        heap = (size(before, b_unit), size(after, a_unit))
        self.columns.cycles.append((time, seconds, index, *heap, line))
        if earlier := self._open.pop(gc_id, None):
            self._note(earlier, time)

    def _concurrent(self, message: str, _gc_id: int, text: str, line: int) -> None:
        if found := _CONCURRENT.fullmatch(message):
            name, before, b_unit, after, a_unit, duration = found.groups()
            seconds = duration_seconds(duration)
            heap = (NAN, NAN)
            if before is not None:
                heap = (size(before, b_unit), size(after, a_unit))
            index = self.columns.cycle_names[name]
            self.columns.cycles.append((self.time_of(text), seconds, index, *heap, line))
        elif message.startswith("Concurrent Mark Abort"):
            self.columns.trouble(Trouble.CONCURRENT_MARK_ABORT, self.time_of(text), line)

    def _stall(self, message: str, _gc_id: int, text: str, line: int) -> None:
        if found := _STALL.fullmatch(message):
            kind, thread, duration = found.groups()
            seconds = duration_seconds(duration) or 0.0
            start = self.time_of(text) - round(seconds * NS_PER_SECOND)
            index = self.columns.threads[thread]
            self.columns.stalls.append((start, seconds, index, kind == "Relocation", line))
        elif message.startswith(("Allocation Stall (", "Relocation Stall (")):
            self.lose(line)

    def _safepoint(self, message: str, _gc_id: int, text: str, line: int) -> None:
        if found := _SAFEPOINT.match(message):
            name = found[1]
            reaching, total = int(found[2]) / NS_PER_SECOND, int(found[3]) / NS_PER_SECOND
        elif found := _STOPPED.fullmatch(message):
            name, total = "", float(found[1].replace(",", "."))
            reaching = NAN if found[2] is None else float(found[2].replace(",", "."))
        else:
            self.lose(line)
            return
        index = self.columns.operations[name]
        start = self.time_of(text) - round(total * NS_PER_SECOND)
        self.columns.safepoints.append((start, total, reaching, index, line))

    def _of(self, gc_id: int) -> Open:
        """What is known of a collection under way; the oldest are forgotten."""
        if len(self._open) > _MOST_OPEN:
            self._open.pop(next(iter(self._open)))
        return self._open.setdefault(gc_id, Open())

    def _regions(self, message: str, gc_id: int, _text: str, _line: int) -> None:
        found = _REGIONS.match(message)
        if found is None:
            return
        before, after = float(found[2]), float(found[3])
        if found[1] == "Humongous":
            self._of(gc_id).humongous = after
        elif region := self.settings.get("region"):
            self._of(gc_id).promoted = max(0.0, (after - before) * region)

    def _old_generation(self, message: str, gc_id: int, _text: str, _line: int) -> None:
        if found := _GENERATION.match(message):
            growth = size(found[3], found[4]) - size(found[1], found[2])
            self._of(gc_id).promoted = max(0.0, growth)

    def _metaspace(self, message: str, gc_id: int, _text: str, _line: int) -> None:
        if found := _METASPACE.match(message):
            number, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
            self._of(gc_id).metaspace = size(number, unit)

    def _generational(self, message: str, gc_id: int, text: str, line: int) -> None:
        message = message[3:]
        if message.startswith("Pause "):
            self._pause(message, gc_id, text, line)
        elif message.startswith("Metaspace:"):
            self._metaspace(message, gc_id, text, line)

    def _trouble(self, message: str, _gc_id: int, text: str, line: int) -> None:
        for start, kind in TROUBLES:
            if message.startswith(start):
                self.columns.trouble(kind, self.time_of(text), line)
                return

    def _setting(self, message: str) -> None:
        if collector := COLLECTORS.get(message):
            self.collector, self.inferred = collector, False
            return
        found = _SETTING.match(message)
        if found is None:
            if message.startswith("Mode: Generational"):
                self.collector = Collector.GENERATIONAL_SHENANDOAH
            return
        which, amount, unit, region, r_unit, memory, m_unit, cpus, _, version, reserved = (
            found.groups()
        )
        if which:
            self.settings[which] = size(amount, unit)
        elif region:
            self.settings["region"] = size(region, r_unit)
        elif memory:
            self.settings["memory"] = size(memory, m_unit)
        elif cpus:
            self.settings["cpus"] = float(found[9])
        elif version:
            self.version = version
        elif reserved:
            self.settings.setdefault("Max", size(reserved, "M"))

    def _infer(self, message: str) -> None:
        for start, collector in HINTS:
            if message.startswith(start):
                self.collector, self.inferred = collector, True
                return

    def lose(self, line: int) -> None:
        """Count a line that can't be read."""
        self.broken += 1
        if self.first_broken is None:
            self.first_broken = line
