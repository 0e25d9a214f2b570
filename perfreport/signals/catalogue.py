"""The signal catalogue, read from the YAML beside it.

Names are compared in a normal form (`hikaricp.connections.active`, `hikaricp_connections_active`
and `HikariCP connections active` are one), with the suffixes that Prometheus and OpenMetrics add
for the base unit and the part. A new name of a signal is a line of YAML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from perfreport.model.signal import Part, SignalKind
from perfreport.model.units import Unit
from perfreport.signals.expression import Expression, leaves, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from perfreport.model.load import Tags

_PARTS = {
    "_count": Part.COUNT,
    "_sum": Part.TOTAL,
    "_max": Part.MAX,
    "_upper": Part.MAX,
    "_bucket": Part.BUCKET,
    "_mean": Part.MEAN,
    "_avg": Part.MEAN,
}
_BASE_UNITS = {"bytes": Unit.BYTES, "seconds": Unit.SECONDS, "ns": Unit.SECONDS}
UNIT_FACTORS = {
    "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9,
    "B": 1.0, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3,
    "ratio": 1.0, "percent": 1e-2,
}  # fmt: skip
_SIGNAL_KEYS = frozenset(
    {"kind", "base", "unit", "written_in", "by", "across", "names", "legends"}
    | {"zero_is_none", "buckets", "spelled"}
)
_DERIVED_KEYS = frozenset({"unit", "by", "across", "any_of"})


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """What is known of a signal before any file is read.

    `timed`: it is a timer or summary, with parts. `by`: labels that tell its series apart for a
    reader. `across`: how one figure is made of several series (`max`, `min`, `sum`, `total`).
    """

    name: str
    kind: SignalKind
    timed: bool
    unit: Unit
    by: tuple[str, ...]
    across: str
    zero_is_none: bool
    buckets: bool

    def kind_of(self, part: Part) -> SignalKind:
        """What a value of a part means when it is read from a running total."""
        if part in {Part.COUNT, Part.TOTAL, Part.BUCKET}:
            return SignalKind.COUNTER
        return self.kind if part is Part.VALUE else SignalKind.GAUGE

    def unit_of(self, part: Part) -> Unit:
        """Base unit of a part."""
        return Unit.COUNT if part in {Part.COUNT, Part.BUCKET} else self.unit


@dataclass(frozen=True, slots=True)
class DerivedSpec:
    """A signal computed from others; the first expression that has data counts."""

    name: str
    unit: Unit
    by: tuple[str, ...]
    across: str
    expressions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ResolvedName:
    """What a dialect's name stands for; `scale` turns its values into the base unit."""

    spec: SignalSpec
    part: Part
    scale: float = 1.0
    labels: Tags = ()


class Catalogue:
    """All signals, derived signals, and the names they go by."""

    def __init__(
        self,
        signals: Mapping[str, SignalSpec],
        derived: Mapping[str, DerivedSpec],
        names: Mapping[tuple[str, str], ResolvedName],
        patterns: tuple[tuple[str, re.Pattern[str], ResolvedName], ...],
        labels: Mapping[str, str],
        rewrites: tuple[tuple[re.Pattern[str], str], ...] = (),
    ) -> None:
        self.signals = signals
        self.derived = derived
        self._names = names
        self._patterns = patterns
        self._labels = labels
        self._rewrites = rewrites

    def resolve(self, name: str, dialect: str = "") -> ResolvedName | None:
        """What `name` stands for, or None.

        `dialect` opens names too common to mean anything elsewhere: "boot1" for Spring Boot 1.x,
        "legend" for what people call a column.
        """
        normal = normal_form(name)
        found = self._names.get((dialect, normal)) or self._names.get(("", normal))
        if found is not None:
            return found
        for where, pattern, resolved in self._patterns:
            if where in {"", dialect} and (match := pattern.fullmatch(name)):
                groups = {key: value for key, value in match.groupdict().items() if value}
                labels = tuple(sorted({**dict(resolved.labels), **groups}.items()))
                return ResolvedName(resolved.spec, resolved.part, resolved.scale, labels)
        for pattern, replacement in self._rewrites:
            if match := pattern.fullmatch(normal):
                return self._names.get(("", normal_form(match.expand(replacement))))
        return None

    def label(self, name: str) -> str:
        """The canonical spelling of a label."""
        normal = normal_form(name)
        return self._labels.get(normal, normal)


@cache
def catalogue() -> Catalogue:
    """The catalogue shipped with perfreport."""
    documents = dict(_documents())
    labels: dict[str, str] = documents.pop("labels")
    rewrites = tuple(
        (re.compile(pattern), name) for pattern, name in documents.pop("rewrites").items()
    )
    derived = {
        name: _derived(name, entry) for name, entry in sorted(documents.pop("derived").items())
    }
    signals: dict[str, SignalSpec] = {}
    names: dict[tuple[str, str], ResolvedName] = {}
    patterns: list[tuple[str, re.Pattern[str], ResolvedName]] = []
    for document in documents.values():
        for name, entry in document.items():
            spec = signals[name] = _spec(name, entry)
            if entry.get("spelled", True):  # else the exporter's like-named metric is another
                _own_names(names, spec, entry)
            for alias in entry.get("names", ()):
                _alias(names, patterns, spec, alias)
            for legend in entry.get("legends", ()):
                _legend(names, spec, legend)
    for spec in signals.values():
        if spec.timed:
            for generated in _timer_signals(spec):
                derived.setdefault(generated.name, generated)
    _check_leaves(derived, signals)
    return Catalogue(signals, derived, names, tuple(patterns), labels, rewrites)


def normal_form(name: str) -> str:
    """Lower case, words joined by single underscores: what names are compared by."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", spaced).strip("_").lower()


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    import yaml

    folder = files("perfreport.signals") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            yield (
                file.name.removesuffix(".yaml"),
                yaml.load(file.read_text(encoding="utf-8"), loader),  # noqa: S506 - a safe one
            )


def _spec(name: str, entry: dict[str, Any]) -> SignalSpec:
    if unknown := entry.keys() - _SIGNAL_KEYS:
        msg = f"signal {name}: unknown keys {sorted(unknown)}"
        raise ValueError(msg)
    timed = entry["kind"] in {"timer", "summary"}
    kind = SignalKind.GAUGE if timed else SignalKind(entry["kind"])
    fallback = Unit.SECONDS if entry["kind"] == "timer" else Unit.COUNT
    unit = (
        Unit(entry["unit"]) if "unit" in entry else _BASE_UNITS.get(entry.get("base", ""), fallback)
    )
    across = "total" if timed else "sum" if kind is SignalKind.COUNTER else "max"
    return SignalSpec(
        name=name,
        kind=kind,
        timed=timed,
        unit=unit,
        by=tuple(entry.get("by", ())),
        across=entry.get("across", across),
        zero_is_none=entry.get("zero_is_none", False),
        buckets=entry.get("buckets", False),
    )


def _derived(name: str, entry: dict[str, Any]) -> DerivedSpec:
    if unknown := entry.keys() - _DERIVED_KEYS:
        msg = f"derived signal {name}: unknown keys {sorted(unknown)}"
        raise ValueError(msg)
    return DerivedSpec(
        name=name,
        unit=Unit(entry["unit"]),
        by=tuple(entry.get("by", ())),
        across=entry.get("across", "max"),
        expressions=tuple(parse(text) for text in entry["any_of"]),
    )


def _timer_signals(spec: SignalSpec) -> Iterator[DerivedSpec]:
    mean = parse(f"rate({spec.name}:total) / rate({spec.name}:count)")
    told = parse(f"avg({spec.name}:mean)")  # exporters that give nothing but a mean
    yield DerivedSpec(f"{spec.name}.mean", spec.unit, spec.by, "total", (mean, told))
    rate = parse(f"rate({spec.name}:count)")
    yield DerivedSpec(f"{spec.name}.rate", Unit.PER_SECOND, spec.by, "sum", (rate,))


def _check_leaves(derived: Mapping[str, DerivedSpec], signals: Mapping[str, SignalSpec]) -> None:
    for spec in derived.values():
        for expression in spec.expressions:
            for leaf in leaves(expression):
                if leaf.signal not in signals:
                    msg = f"derived signal {spec.name}: no signal {leaf.signal}"
                    raise ValueError(msg)


def _own_names(
    names: dict[tuple[str, str], ResolvedName], spec: SignalSpec, entry: dict[str, Any]
) -> None:
    base = entry.get("base", "seconds" if entry["kind"] == "timer" else None)
    scale = UNIT_FACTORS[entry.get("written_in", "ns" if base == "ns" else "s")]
    stem = normal_form(spec.name)
    for text in (stem, f"{stem}_{base}") if base else (stem,):
        _spellings(names, "", text, ResolvedName(spec, Part.VALUE, scale))


def _alias(
    names: dict[tuple[str, str], ResolvedName],
    patterns: list[tuple[str, re.Pattern[str], ResolvedName]],
    spec: SignalSpec,
    alias: str | dict[str, Any],
) -> None:
    entry: dict[str, Any] = {"name": alias} if isinstance(alias, str) else alias
    labels = tuple(sorted(entry.get("labels", {}).items()))
    part = Part(entry.get("part", "value"))
    resolved = ResolvedName(spec, part, UNIT_FACTORS[entry.get("in", "s")], labels)
    dialect = entry.get("dialect", "")
    name: str = entry["name"]
    if name.startswith("~"):
        patterns.append((dialect, re.compile(name[1:]), resolved))
    else:
        _spellings(names, dialect, normal_form(name), resolved)


def _legend(
    names: dict[tuple[str, str], ResolvedName], spec: SignalSpec, legend: str | dict[str, Any]
) -> None:
    entry: dict[str, Any] = {"name": legend} if isinstance(legend, str) else legend
    labels = tuple(sorted(entry.get("labels", {}).items()))
    _claim(names, "legend", normal_form(entry["name"]), ResolvedName(spec, Part.VALUE, 1.0, labels))


def _spellings(
    names: dict[tuple[str, str], ResolvedName], dialect: str, stem: str, resolved: ResolvedName
) -> None:
    """Register a name with the suffixes that its parts or its kind add to it."""
    spec = resolved.spec
    if spec.timed and resolved.part is Part.VALUE:
        for suffix, part in _PARTS.items():
            named = ResolvedName(spec, part, resolved.scale, resolved.labels)
            _claim(names, dialect, stem + suffix, named)
        _claim(
            names,
            dialect,
            stem,
            ResolvedName(spec, Part.QUANTILE, resolved.scale, resolved.labels),
        )
        return
    _claim(names, dialect, stem, resolved)
    if spec.kind is SignalKind.COUNTER:
        _claim(names, dialect, f"{stem}_total", resolved)


def _claim(
    names: dict[tuple[str, str], ResolvedName], dialect: str, text: str, resolved: ResolvedName
) -> None:
    taken = names.setdefault((dialect, text), resolved)
    if taken.spec is not resolved.spec:
        # An explicit signal beats the part of a timer: http.server.requests.max, had it one.
        if taken.part is not Part.VALUE and resolved.part is Part.VALUE:
            names[dialect, text] = resolved
        elif not (taken.part is Part.VALUE and resolved.part is not Part.VALUE):
            msg = f"{text} names both {taken.spec.name} and {resolved.spec.name}"
            raise ValueError(msg)
