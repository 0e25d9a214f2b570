"""The words of unified GC logging: collectors, causes, durations."""

from __future__ import annotations

import re
from functools import lru_cache

from perfreport.model.jvm import Collector, Trouble

LABEL = re.compile(r"Pause [A-Za-z][A-Za-z -]*(?: ?\((?:[^()]|\([^()]*\))*\))*")
MODES = frozenset({"Normal", "Concurrent Start", "Prepare Mixed", "Mixed", "Concurrent Undo"})
QUALIFIERS = frozenset({
    "unload classes",
    "process weakrefs",
    "update refs",
    "Major",
    "Young",
    "Old",
    "Global",
    "N",
})
TROUBLES = (
    ("To-space exhausted", Trouble.EVACUATION_FAILURE),
    ("Attempting maximum full compaction clearing soft references", Trouble.LAST_RESORT),
    ("Attempting full compaction", Trouble.FULL_COMPACTION),
)
COLLECTORS = {
    "Using G1": Collector.G1,
    "Using Parallel": Collector.PARALLEL,
    "Using Serial": Collector.SERIAL,
    "Using Concurrent Mark Sweep": Collector.CMS,
    "Using The Z Garbage Collector": Collector.ZGC,
    "Initializing The Z Garbage Collector": Collector.ZGC,
    "Using Shenandoah": Collector.SHENANDOAH,
    "Using Epsilon": Collector.EPSILON,
}
# What a message says of the collector when the line `Using …` is missing (rotated, cut).
HINTS = (
    ("y: ", Collector.GENERATIONAL_ZGC),
    ("Y: ", Collector.GENERATIONAL_ZGC),
    ("Minor Collection", Collector.GENERATIONAL_ZGC),
    ("Major Collection", Collector.GENERATIONAL_ZGC),
    ("Garbage Collection (", Collector.ZGC),
    ("Pause Mark Start", Collector.ZGC),
    ("Pause Init Mark", Collector.SHENANDOAH),
    ("Pause Degenerated GC", Collector.SHENANDOAH),
    ("Pause Young (Normal)", Collector.G1),
    ("Pause Young (G1", Collector.G1),
    ("Pause Young (Concurrent Start)", Collector.G1),
    ("Pause Young (Mixed)", Collector.G1),
    ("Eden regions", Collector.G1),
    ("PSYoungGen", Collector.PARALLEL),
    ("ParNew", Collector.CMS),
    ("DefNew", Collector.SERIAL),
    ('Safepoint "G1', Collector.G1),
    ('Safepoint "Parallel', Collector.PARALLEL),
    ('Safepoint "Z', Collector.ZGC),
    ('Safepoint "Shenandoah', Collector.SHENANDOAH),
)


@lru_cache(maxsize=1 << 15)
def duration_seconds(duration: str) -> float | None:
    """Seconds of "1.043ms", "1,043ms" or "0.016s"; None if it is no duration."""
    if duration[-1:] != "s":
        return None
    number, scale = (duration[:-2], 1000) if duration[-2:] == "ms" else (duration[:-1], 1)
    whole, _, fraction = number.partition("." if "." in number else ",")
    if not (whole.isdecimal() and len(whole) < 10 and (not fraction or fraction.isdecimal())):
        return None
    return float(f"{whole}.{fraction or 0}") / scale


def label_groups(label: str) -> list[str]:
    """Split "Pause Full (System.gc())" into the name and its parenthesised groups."""
    name, _, rest = label.partition(" (")
    groups, depth, start = [name], 1, 0
    for index, letter in enumerate(rest):
        if letter == "(":
            if depth == 0:
                start = index + 1
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                groups.append(rest[start:index])
    return groups
