"""The handle on one run's samples, and the questions it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from perfreport.model.load import Contains
from perfreport.model.units import NS_PER_SECOND
from perfreport.store._tagsets import ABSENT, TagSets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from perfreport.model.load import MetricDeclaration, Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.store._columns import ColumnFile

_MS_PER_SECOND = 1000.0
_SUMMED = ("vus", "vus_max")
_LONGEST_HELD_NS = 2 * NS_PER_SECOND  # k6 samples them every second
_MOST_KEPT = 2_000_000  # samples kept in memory between questions, 20 bytes each


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one metric in file order (files of a distributed run one after the other).

    `tagsets` numbers the tag set of each sample, see `SampleStore.codes`.
    """

    times_ns: Integers
    values: Floats  # base unit
    tagsets: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.values)

    def where(self, rows: NDArray[np.bool_]) -> Samples:
        """Only the samples that `rows` marks."""
        return Samples(self.times_ns[rows], self.values[rows], self.tagsets[rows])


@dataclass(frozen=True, slots=True)
class Bucket:
    """A metric in equal buckets of time, over all samples or those of one tag value.

    `sums` and `counts` are per bucket, not per second; a bucket without samples holds 0.
    """

    value: str | None  # the tag's value; None where the tag is not set or nothing was grouped
    start_ns: Integers
    sums: Floats
    counts: Integers


@dataclass(frozen=True, slots=True)
class Total:
    """A metric over all samples asked for, or those of one tag value."""

    value: str | None  # the tag's value; None where the tag is not set or nothing was grouped
    count: int
    nonzero: int
    sum: float
    min: float
    max: float
    last: float  # in file order, as k6 keeps a gauge
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class StorePart:
    """What one writer wrote: a file, or a share of one, in file order."""

    columns: ColumnFile
    tagsets: TagSets
    metrics: dict[str, int]
    instance: int = 0  # which load generator of a distributed run


class SampleStore:
    """A handle on one run's samples. Close it, or use it as a context manager.

    Windows are half-open, [start_ns, end_ns). `where` are tags that samples must carry; their
    values may be globs unless `globs` is False. A metric that is not there has no samples.
    """

    def __init__(
        self, parts: Sequence[StorePart], declarations: tuple[MetricDeclaration, ...]
    ) -> None:
        self.declarations = declarations
        self._parts = tuple(parts)
        self._scale = {
            declaration.name: _MS_PER_SECOND
            for declaration in declarations
            if declaration.contains is Contains.TIME
        }
        self._tagsets, self._renumber = _merged_tagsets([part.tagsets for part in self._parts])
        self._kept: dict[str, Samples] = {}
        self._columns_of_tags: dict[str, tuple[Integers, tuple[str, ...]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the temporary disk space back. Closing twice is fine."""
        self._kept.clear()
        for part in self._parts:
            part.columns.close()

    @classmethod
    def merged(cls, stores: Sequence[SampleStore]) -> SampleStore:
        """One store over the samples of all (a distributed run). It owns them: close only it."""
        declared: dict[str, MetricDeclaration] = {}
        for declaration in (entry for store in stores for entry in store.declarations):
            known = declared.get(declaration.name)
            declared[declaration.name] = (
                declaration if known is None else _joined(known, declaration)
            )
        parts = [
            replace(part, instance=instance)
            for instance, store in enumerate(stores)
            for part in store._parts  # noqa: SLF001 - same class
        ]
        return cls(parts, tuple(declared.values()))

    def declared_as(self, declarations: Sequence[MetricDeclaration]) -> SampleStore:
        """The same samples under better declarations; close either store, not both."""
        better = {entry.name: entry for entry in declarations}
        return SampleStore(
            self._parts, tuple(better.pop(entry.name, entry) for entry in self.declarations)
        )

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that have samples, in the order they were first seen."""
        return tuple(
            dict.fromkeys(
                name
                for part in self._parts
                for name, number in part.metrics.items()
                if part.columns.rows(number)
            )
        )

    def declaration(self, metric: str) -> MetricDeclaration | None:
        """What k6 declared of a metric."""
        return next((entry for entry in self.declarations if entry.name == metric), None)

    @property
    def tag_keys(self) -> tuple[str, ...]:
        """Every tag key, sorted."""
        return self._tagsets.keys()

    @property
    def folded_tags(self) -> tuple[str, ...]:
        """Tags with so many values that the later ones were put together."""
        return tuple(sorted(self._tagsets.folded))

    def tag_values(self, key: str, metric: str | None = None) -> tuple[str, ...]:
        """The values of a tag, sorted; of one metric's samples where `metric` is given."""
        codes, labels = self.codes(key)
        if metric is None:
            return tuple(sorted(labels))
        present = np.bincount(self._all(metric).tagsets, minlength=len(codes)) > 0
        return tuple(sorted({labels[code] for code in codes[present].tolist() if code != ABSENT}))

    def codes(self, key: str) -> tuple[Integers, tuple[str, ...]]:
        """For every tag set the number of the value of `key` (-1: not set), and the values."""
        if key not in self._columns_of_tags:
            self._columns_of_tags[key] = self._tagsets.column(key)
        return self._columns_of_tags[key]

    def tagsets_where(self, where: Tags, *, globs: bool = True) -> NDArray[np.bool_]:
        """Which tag sets carry all of `where`; index it with `Samples.tagsets`."""
        return self._tagsets.matching(where, globs=globs)

    def count(self, metric: str) -> int:
        """How many samples a metric has."""
        return sum(
            part.columns.rows(part.metrics[metric])
            for part in self._parts
            if metric in part.metrics
        )

    def samples(
        self,
        metric: str,
        where: Tags = (),
        start_ns: int | None = None,
        end_ns: int | None = None,
        *,
        globs: bool = True,
    ) -> Samples:
        """Read the samples of a metric in file order: 20 bytes of memory for each."""
        found = self._all(metric)
        if where:
            found = found.where(self.tagsets_where(where, globs=globs)[found.tagsets])
        if start_ns is not None:
            found = found.where(found.times_ns >= start_ns)
        if end_ns is not None:
            found = found.where(found.times_ns < end_ns)
        return found

    def series(self, metric: str, where: Tags = ()) -> Samples:
        """Read a gauge such as `vus`: its raw samples in order of time.

        The virtual users of a distributed run are those of all its load generators together.
        """
        found = self.samples(metric, where)
        instances = {part.instance for part in self._parts if metric in part.metrics}
        if metric in _SUMMED and len(instances) > 1:
            return self._together(metric, sorted(instances))
        order = np.argsort(found.times_ns, kind="stable")
        return Samples(found.times_ns[order], found.values[order], found.tagsets[order])

    def buckets(
        self,
        metric: str,
        bucket_ns: int,
        by: str | None = None,
        *,
        start_ns: int,
        end_ns: int,
        where: Tags = (),
        at_start: bool = False,
    ) -> tuple[Bucket, ...]:
        """Sums and counts per bucket from `start_ns`, one `Bucket` per value of the tag `by`.

        `iterations` by scenario gives the iterations finished. With `at_start` the samples of a
        time metric stand where the measured thing began (`iteration_duration`: the iterations
        started). Samples outside the window are left out, and so is what a last, shorter bucket
        would hold after `end_ns`.
        """
        found = self.samples(metric, where)
        if at_start:
            began = found.times_ns - np.rint(found.values * NS_PER_SECOND).astype(np.int64)
            found = Samples(began, found.values, found.tagsets)
        found = found.where((found.times_ns >= start_ns) & (found.times_ns < end_ns))
        length = max(0, -(-(end_ns - start_ns) // bucket_ns))
        starts = start_ns + bucket_ns * np.arange(length, dtype=np.int64)
        places = (found.times_ns - start_ns) // bucket_ns
        answer = []
        for value, rows in self._groups(found, by):
            counts = np.bincount(places[rows], minlength=length).astype(np.int64)
            sums = np.bincount(places[rows], found.values[rows], length).astype(np.float64)
            answer.append(Bucket(value, starts, sums, counts))
        return tuple(answer)

    def totals(
        self,
        metric: str,
        by: str | None = None,
        where: Tags = (),
        start_ns: int | None = None,
        end_ns: int | None = None,
    ) -> tuple[Total, ...]:
        """Sum, count, extremes, last value and time span, one `Total` per value of the tag `by`.

        Ordered by tag value, samples without the tag first. Empty where nothing matches.
        """
        found = self.samples(metric, where, start_ns, end_ns)
        answer = []
        for value, rows in self._groups(found, by):
            part = found.where(rows)
            if len(part):
                answer.append(_total(value, part))
        return tuple(answer)

    def span(self, where: Tags = ()) -> tuple[int, int] | None:
        """First and last time of any sample that carries `where`, in UTC ns."""
        spans = [
            (int(found.times_ns.min()), int(found.times_ns.max()))
            for metric in self.metrics
            if len(found := self.samples(metric, where))
        ]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None

    def quantiles(
        self,
        metric: str,
        probabilities: Sequence[float],
        where: Tags = (),
        start_ns: int | None = None,
        end_ns: int | None = None,
    ) -> tuple[float, ...] | None:
        """Exact quantiles (0-1), interpolated as k6 does; None without samples."""
        values = self.samples(metric, where, start_ns, end_ns).values
        if not len(values):
            return None
        return tuple(float(value) for value in np.quantile(values, probabilities))

    def _together(self, metric: str, instances: list[int]) -> Samples:
        """The sum over load generators, each holding its value until its next sample."""
        alone = [self._read(metric, instance) for instance in instances]
        times = np.unique(np.concatenate([found.times_ns for found in alone]))
        total = np.zeros(len(times))
        for found in alone:
            order = np.argsort(found.times_ns, kind="stable")
            own = found.times_ns[order]
            place = np.searchsorted(own, times, side="right") - 1
            held = (place >= 0) & (times - own[np.maximum(place, 0)] < _LONGEST_HELD_NS)
            total[held] += found.values[order][place[held]]
        return Samples(times, total, np.full(len(times), alone[0].tagsets[0], np.int32))

    def _all(self, metric: str) -> Samples:
        """Read a metric; the few read last are kept, as every stage asks for the same ones."""
        if metric in self._kept:
            self._kept[metric] = self._kept.pop(metric)
            return self._kept[metric]
        found = self._read(metric)
        self._kept[metric] = found
        while sum(map(len, self._kept.values())) > _MOST_KEPT and len(self._kept) > 1:
            del self._kept[next(iter(self._kept))]
        return found

    def _read(self, metric: str, instance: int | None = None) -> Samples:
        scale = self._scale.get(metric)
        read = []
        for part, renumber in zip(self._parts, self._renumber, strict=True):
            if metric not in part.metrics or instance not in {None, part.instance}:
                continue
            columns = part.columns.read(part.metrics[metric])
            values = columns.values if scale is None else columns.values / scale
            tagsets = columns.tagsets if renumber is None else renumber[columns.tagsets]
            read.append(Samples(columns.times_ns, values, tagsets))
        if len(read) == 1:
            return read[0]
        return Samples(
            np.concatenate([np.empty(0, np.int64), *(part.times_ns for part in read)]),
            np.concatenate([np.empty(0), *(part.values for part in read)]),
            np.concatenate([np.empty(0, np.int32), *(part.tagsets for part in read)]),
        )

    def _groups(self, found: Samples, by: str | None) -> list[tuple[str | None, NDArray[np.bool_]]]:
        if by is None:
            return [(None, np.ones(len(found), np.bool_))]
        codes, labels = self.codes(by)
        mine = codes[found.tagsets]
        present = sorted(
            (labels[code] if code != ABSENT else "", int(code)) for code in present_codes(mine)
        )
        return [(labels[code] if code != ABSENT else None, mine == code) for _, code in present]


def present_codes(codes: Integers) -> list[int]:
    """The distinct numbers in `codes`, ascending; much faster than sorting or hashing them."""
    return (np.flatnonzero(np.bincount(codes - ABSENT)) + ABSENT).tolist() if len(codes) else []


def _total(value: str | None, part: Samples) -> Total:
    return Total(
        value,
        len(part),
        int(np.count_nonzero(part.values)),
        float(part.values.sum()),
        float(part.values.min()),
        float(part.values.max()),
        float(part.values[-1]),
        int(part.times_ns.min()),
        int(part.times_ns.max()),
    )


def _merged_tagsets(parts: list[TagSets]) -> tuple[TagSets, list[NDArray[np.int32] | None]]:
    if len(parts) == 1:
        return parts[0], [None]
    merged = TagSets()
    return merged, [merged.adopt(part) for part in parts]


def _joined(known: MetricDeclaration, other: MetricDeclaration) -> MetricDeclaration:
    """The declaration of a metric that several files declare: the firmer, with all submetrics."""
    firm, loose = (other, known) if other.declared and not known.declared else (known, other)
    submetrics = dict.fromkeys((*firm.submetrics, *loose.submetrics))
    return replace(firm, submetrics=tuple(submetrics))
