"""What is asked of the catalogue while signals are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.signal import SignalKind
from perfreport.model.units import Unit
from perfreport.signals import catalogue
from perfreport.signals.expression import Leaf

if TYPE_CHECKING:
    from perfreport.signals import DerivedSpec, SignalSpec
    from perfreport.signals.expression import Expression

_RATE_UNITS = {
    Unit.BYTES: Unit.BYTES_PER_SECOND,
    Unit.SECONDS: Unit.RATIO,  # seconds per second
}


def expressions_of(name: str, *, increase: bool = False) -> tuple[Expression, ...]:
    """What a signal is computed by: running totals as rates, timers as means."""
    known = catalogue()
    if name in known.derived:
        return known.derived[name].expressions
    spec = known.signals.get(name)
    if spec is None:
        return ()
    if spec.timed:
        return known.derived[f"{name}.mean"].expressions
    if spec.kind is SignalKind.COUNTER:
        return (Leaf(name, None, window="increase" if increase else "rate"),)
    return (Leaf(name),)


def spec_of(name: str) -> SignalSpec | DerivedSpec:
    """Return the entry of a canonical or derived signal."""
    known = catalogue()
    return known.derived[name] if name in known.derived else known.signals[name]


def labels_of(name: str) -> tuple[str, ...]:
    """Return the labels that tell its series apart."""
    return spec_of(name).by


def across_of(name: str) -> str:
    """Return how one figure is made of several series."""
    return spec_of(name).across


def unit_of(name: str, *, rate: bool) -> Unit:
    """Return its unit, as such or per second."""
    base = spec_of(name).unit
    return _RATE_UNITS.get(base, Unit.PER_SECOND) if rate else base


def is_total(name: str) -> bool:
    """Whether a signal is a running total: asked for as a rate, or as what it grew by."""
    spec = catalogue().signals.get(name)
    return spec is not None and not spec.timed and spec.kind is SignalKind.COUNTER


def has_rate(name: str) -> bool:
    """Whether a signal has a rate: running totals, and derived signals that are rates."""
    return is_total(name) or spec_of(name).unit in {Unit.PER_SECOND, Unit.BYTES_PER_SECOND}


def is_generated(name: str) -> bool:
    """Whether a derived signal only spells out a part of a timer."""
    stem, _, suffix = name.rpartition(".")
    spec = catalogue().signals.get(stem)
    return spec is not None and spec.timed and suffix in {"mean", "rate"}
