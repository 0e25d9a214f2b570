"""Complete records of JDK 8 GC logs, as text with all their lines joined.

`[GC (cause) [PSYoungGen: a->b(c)] before->after(capacity), 0.0278950 secs]`: the first arrow is a
generation's, the one outside inner brackets is the heap's; the last `secs` is the pause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from perfreport.model.jvm import Collector, Trouble
from perfreport.sources._gc_columns import NAN, size

NUMBER = r"(\d{1,9}[.,]\d{1,9})"
SIZE = r"(\d{1,12}(?:[.,]\d{1,6})?)([BKMGT])"
_SECONDS = re.compile(rf", {NUMBER} secs\]")
_INNER = re.compile(r"\[[^\[\]]*\]")
_ARROW = re.compile(rf"{SIZE}(?:\({SIZE}\))?->{SIZE}\({SIZE}\)")
_OCCUPIED = re.compile(rf"{SIZE}\({SIZE}\), [\d.,]+ secs\]")
_YOUNG = re.compile(rf"(?:PSYoungGen|ParNew|DefNew|ASParNew).*?: {SIZE}->{SIZE}\(")
_OLD = re.compile(r"\[(?:CMS|Tenured|PSOldGen|ParOldGen|ASCMS)\b[^\[\]]*: \d+K->")
_METASPACE = re.compile(rf"\[(?:Metaspace|PSPermGen|CMS Perm|Perm)\s*: {SIZE}->{SIZE}\(")
_CAUSES = re.compile(r"\(((?:[^()]|\(\))*)\)")
_G1_KINDS = {"young": "Pause Young (Normal)", "mixed": "Pause Young (Mixed)"}
_NO_CAUSES = frozenset({
    "young",
    "mixed",
    "partial",
    "initial-mark",
    "to-space exhausted",
    "to-space overflow",
})
_COLLECTORS = (
    ("[GC pause", Collector.G1),
    ("[GC remark", Collector.G1),
    ("G1 Evacuation", Collector.G1),
    ("ParNew", Collector.CMS),
    ("CMS", Collector.CMS),
    ("PSYoungGen", Collector.PARALLEL),
    ("DefNew", Collector.SERIAL),
)
_TROUBLES = (
    ("concurrent mode failure", Trouble.CONCURRENT_MODE_FAILURE),
    ("concurrent mode interrupted", Trouble.CONCURRENT_MODE_FAILURE),
    ("promotion failed", Trouble.PROMOTION_FAILED),
    ("[GC--", Trouble.PROMOTION_FAILED),
    ("to-space exhausted", Trouble.EVACUATION_FAILURE),
    ("to-space overflow", Trouble.EVACUATION_FAILURE),
)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a record says; sizes in bytes, NaN where it is silent."""

    seconds: float
    full: bool
    phase: str
    cause: str
    before: float
    after: float
    capacity: float
    promoted: float
    metaspace: float
    collector: Collector | None
    troubles: tuple[Trouble, ...]


def parse_collection(text: str) -> Collection | None:
    """Read one record, from its first `[` on; None if it can't be understood."""
    body, _, _ = text.partition(" [Times: user=") if text.count("[Times:") == 1 else (text, "", "")
    durations = _SECONDS.findall(body)
    if not durations:
        return None
    seconds = float(durations[-1].replace(",", "."))
    before, after, capacity = _heap(body)
    # A young collection that went on to collect the old generation stopped for a whole one.
    went_on = _OLD.search(body) is not None or "concurrent mode failure" in body
    full = body.startswith("[Full GC") or went_on
    collector = next((kind for mark, kind in _COLLECTORS if mark in body), None)
    if "[Full GC" in body[:9] and "[Eden:" in body:
        collector = Collector.G1
    return Collection(
        seconds,
        full,
        _phase(body, full=full),
        _cause(body),
        before,
        after,
        capacity,
        NAN if full else _promoted(body, before, after),
        _metaspace(body),
        collector,
        tuple(kind for mark, kind in _TROUBLES if mark in body),
    )


def eden_line(text: str) -> tuple[float, float, float] | None:
    """Heap before, after, capacity of G1's `[Eden: … Heap: 24.0M(256.0M)->8.2M(256.0M)]`."""
    found = _ARROW.search(text, max(text.find("Heap:"), 0))
    return None if found is None else _sizes(found)


def _heap(body: str) -> tuple[float, float, float]:
    """Arrow outside all inner brackets; a marking pause only has a level."""
    inside, count = body[1:], 1
    while count:
        inside, count = _INNER.subn("", inside)
    if found := _ARROW.search(inside):
        return _sizes(found)
    if found := _OCCUPIED.search("[" + inside):
        level = size(found[1], found[2])
        return level, level, size(found[3], found[4])
    return NAN, NAN, NAN


def _sizes(found: re.Match[str]) -> tuple[float, float, float]:
    return size(found[1], found[2]), size(found[5], found[6]), size(found[7], found[8])


def _promoted(body: str, before: float, after: float) -> float:
    """What left the young generation and did not leave the heap."""
    found = _YOUNG.search(body)
    if found is None:
        return NAN
    left = size(found[1], found[2]) - size(found[3], found[4])
    return max(0.0, left - (before - after))


def _metaspace(body: str) -> float:
    found = _METASPACE.search(body)
    return NAN if found is None else size(found[3], found[4])


def _phase(body: str, *, full: bool) -> str:
    if full:
        return "Pause Full"
    if body.startswith("[GC remark") or "CMS-remark" in body:
        return "Pause Remark"
    if body.startswith("[GC cleanup"):
        return "Pause Cleanup"
    if "CMS-initial-mark" in body:
        return "Pause Initial Mark"
    if body.startswith("[GC pause"):
        if "(initial-mark)" in body:
            return "Pause Young (Concurrent Start)"
        return next(
            (name for kind, name in _G1_KINDS.items() if f"({kind})" in body), "Pause Young"
        )
    return "Pause Young"


def _cause(body: str) -> str:
    """The first parenthesised words that are no kind of pause; "" before JDK 7u40."""
    head = body[: body.find("[", 1)] if body.find("[", 1) > 0 else body
    for words in _CAUSES.findall(head):
        if words not in _NO_CAUSES and not words[:1].isdecimal():
            return str(words)
    return ""
